using Xunit;

namespace WebHoster.Tests.Fixtures;

/// <summary>One portal for all classes that do it no harm and look at nobody's rows but those of people they made.</summary>
[CollectionDefinition(Name)]
public sealed class SharedPortal : ICollectionFixture<PortalFixture>
{
    public const string Name = "shared portal";
}
