using System.Text.RegularExpressions;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.EndToEnd;

/// <summary>Runs the commands of docs/operations.md in the order of the page, on an install of its own with a real machine.</summary>
[Trait("Category", "Vm")]
public sealed partial class OperationsPageTests(LiveInstall install) : IClassFixture<LiveInstall>, IDisposable
{
    private static readonly string[] Files =
    [
        "/tmp/webhoster-before-the-change.backup", "/tmp/webhoster-before-the-change.backup.gpg", "/tmp/webhoster-restored.backup", "/tmp/webhoster-backup.pass",
    ];

    [Fact]
    public async Task EveryCommandOfThePageWorks()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(LiveInstall.Root(), "docs", "operations.md"));
        var blocks = ShellBlock().Matches(page).Select(m => m.Groups[1].Value).ToList();
        Assert.True(blocks.Count >= 7, "The page has hardly any commands.");
        var commands = string.Join('\n', blocks).Replace("http://localhost:8080", install.PortalUrl);
        var run = await install.RunInRootAsync("bash", "-c", $"set -o pipefail; bash -xeuo pipefail -c \"$1\" 2>&1 | tail -n 120", "bash", commands);
        Assert.True(run.ExitCode == 0, run.Output);
        await install.AssertFsckCleanAsync();
    }

    public void Dispose() => Array.ForEach(Files, File.Delete);

    /// <summary>Not those that name a reason why they are not run.</summary>
    [GeneratedRegex(@"^```sh\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();
}
