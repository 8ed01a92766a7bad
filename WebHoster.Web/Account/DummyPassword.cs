using Microsoft.AspNetCore.Identity;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Web.Account;

/// <summary>A hash that nothing matches: an unknown user costs as much time as a known one.</summary>
public sealed class DummyPassword(IPasswordHasher<User> hasher)
{
    private readonly Lazy<string> _hash = new(() => hasher.HashPassword(new User(), Guid.NewGuid().ToString()));

    public string Hash => _hash.Value;
}
