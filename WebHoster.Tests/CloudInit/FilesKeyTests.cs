using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.CloudInit;
using WebHoster.Infrastructure.Processes;
using WebHoster.Infrastructure.Settings;
using Xunit;

namespace WebHoster.Tests.CloudInit;

/// <summary>One key for an install, whoever makes it and whatever interrupts that.</summary>
[Trait("Category", "Integration")]
public sealed class FilesKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wh-files-key-").FullName;

    [Fact]
    public async Task WorkersThatMakeItAtTheSameTimeAgreeOnOne()
    {
        var lines = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => NewKey().LineAsync(default))));

        Assert.Single(lines.Distinct());
        Assert.Contains(" ssh-ed25519 ", lines[0]);
        Assert.Equal(["files.key", "files.key.pub"], Directory.GetFiles(Secrets).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task AWorkerKilledBeforeThePublicHalfWasThereLeavesTheSameKey()
    {
        var line = await NewKey().LineAsync(default);
        File.Delete(Path.Combine(Secrets, "files.key.pub"));

        // The comment went with that file.
        Assert.StartsWith(await NewKey().LineAsync(default), line);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn", "ssh-ed25519 AAAA half")]
    public async Task HalfAHostKeyAfterAPowerCutIsMadeAnew(string secret, string line)
    {
        var file = Path.Combine(_folder, "host.key");
        await File.WriteAllTextAsync(file, secret);
        await File.WriteAllTextAsync($"{file}.pub", line);
        var keys = NewHostKey();

        var made = await keys.EnsureAsync(file, "bob", default);

        Assert.StartsWith((await keys.PublicHalfAsync(file, default)).Trim(), made.Public);
        Assert.Equal(made, await keys.EnsureAsync(file, "bob", default));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Secrets => Path.Combine(_folder, "secrets");

    private FilesKey NewKey() => new(
        NewHostKey(), new SlotPlan(10000, 20000, System.Net.IPNetwork.Parse("10.86.0.0/18")), Options.Create(new InstallSettings { DataPath = _folder }));

    private static GuestHostKey NewHostKey() => new(new CommandRunner(Options.Create(new EngineSettings()), NullLogger<CommandRunner>.Instance));
}
