using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Docs;

/// <summary>What others' tools make of the description: a linter finds nothing, and a client generated from it compiles and works.</summary>
[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class TypedClientTests(PortalFixture portal) : IDisposable
{
    private static readonly string Tests = Path.Combine(LiveInstall.Root(), "WebHoster.Tests");

    // Below the tests' own folder, where Node finds the packages.
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, $"client-{Guid.NewGuid():n}")).FullName;

    private string Description => Path.Combine(_folder, "openapi.json");

    [Fact]
    public async Task ALinterFindsNothing()
    {
        await DescribeAsync();
        Assert.Equal("", (await Shell.RunAsync("node", Path.Combine(Tests, "Docs", "client", "lint.mjs"), Description)).Ok());
    }

    [Fact]
    public async Task ATypedClientCompilesAndWorks()
    {
        await DescribeAsync();
        await File.WriteAllTextAsync(Path.Combine(_folder, "package.json"), """{"type":"module"}""");
        File.Copy(Path.Combine(Tests, "Docs", "client", "client.ts"), Path.Combine(_folder, "client.ts"));
        await PackageAsync("openapi-typescript", Description, "-o", Path.Combine(_folder, "api.d.ts"));
        await PackageAsync("tsc", "--strict", "--module", "nodenext", "--target", "es2022", "--lib", "es2022,dom,dom.iterable", Path.Combine(_folder, "client.ts"));

        var name = Person.NewName("typed");
        var said = await Shell.RunAsync("node", [Path.Combine(_folder, "client.js")],
            new Dictionary<string, string> { ["PORTAL"] = portal.Url.ToString().TrimEnd('/'), ["NAME"] = name, ["PASSWORD"] = Person.Password });

        Assert.Equal($"{name} creating create 5 1", said.Ok());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task DescribeAsync() =>
        await File.WriteAllTextAsync(Description, await (await Person.Stranger(portal).GetAsync("/openapi/v1.json")).Content.ReadAsStringAsync());

    private static async Task PackageAsync(string name, params string[] arguments) =>
        (await Shell.RunAsync(Path.Combine(Tests, "node_modules", ".bin", name), arguments)).Ok();
}
