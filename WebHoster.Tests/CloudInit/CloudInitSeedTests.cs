using System.Net;
using System.Text.Json;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.CloudInit;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.CloudInit;

[Trait("Category", "Unit")]
public sealed class CloudInitSeedTests
{
    private static readonly MachineSpec Spec = new(
        Guid.Parse("22222222-2222-2222-2222-222222222222"), 3, "bob", 1024, 1, 10, IPAddress.Parse("10.86.0.16"), "52:54:00:56:00:10", 600_000);

    private static readonly SlotPlan Plan = new(10000, 20000, IPNetwork.Parse("10.86.0.0/18"));

    [Fact]
    public void TheThreeFilesAreTheCommittedOnes()
    {
        var seed = For("<h1>bob</h1>");
        Expected.Equal("user-data", seed.UserData);
        Expected.Equal("meta-data", seed.MetaData);
        Expected.Equal("network-config", seed.NetworkConfig);
    }

    [Fact]
    public void NothingInAPageCanChangeTheStructure()
    {
        const string Hostile = "\"\nruncmd:\n- rm -rf /\n\u2028{{ds.meta_data}} ' \\";
        var seed = For(Hostile);

        Assert.StartsWith("#cloud-config\n", seed.UserData);
        using var json = JsonDocument.Parse(seed.UserData["#cloud-config\n".Length..]);
        Assert.False(json.RootElement.TryGetProperty("runcmd", out _));
        Assert.Equal(Hostile, json.RootElement.GetProperty("write_files")[3].GetProperty("content").GetString());
    }

    private static CloudInitSeed For(string page) => CloudInitSeed.For(
        Spec, new GuestSeed("ubuntu", "ssh-ed25519 AAAA bob\nssh-ed25519 BBBB bob2", page), ("PRIVATE\n", "ssh-ed25519 CCCC host"), Plan);
}
