using WebHoster.Infrastructure.Hostings;

namespace WebHoster.Tests.Fixtures;

/// <summary>A good public key.</summary>
public static class TestKeys
{
    public static readonly string Public = SshKeyPair.Create("test@example").PublicKey;
}
