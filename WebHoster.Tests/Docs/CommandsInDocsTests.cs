using System.Text.RegularExpressions;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Docs;

/// <summary>No page has a command that nobody runs, or that there is not.</summary>
[Trait("Category", "Unit")]
public sealed partial class CommandsInDocsTests
{
    /// <summary>Whose blocks a test runs, in the order of the page.</summary>
    private static readonly Dictionary<string, string> RunBy = new()
    {
        ["docs/API.md"] = nameof(ApiPageTests),
        ["docs/operations.md"] = nameof(EndToEnd.OperationsPageTests),
    };

    /// <summary>Whose commands are run piece by piece, and where.</summary>
    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["README.md"] = "up and test are how every vm test and every build begins; the API's five lines are ApiPageTests' as well",
        ["CONTRIBUTING.md"] = "provisioning/test.sh runs each of them",
    };

    public static TheoryData<string> Pages => new(Directory
        .GetFiles(LiveInstall.Root(), "*.md").Concat(Directory.GetFiles(Path.Combine(LiveInstall.Root(), "docs"), "*.md", SearchOption.AllDirectories))
        .Select(f => Path.GetRelativePath(LiveInstall.Root(), f)).Order());

    [Theory]
    [MemberData(nameof(Pages))]
    public void EveryBlockOfCommandsIsRunOrSaysWhyNot(string page)
    {
        var blocks = Block().Matches(Text(page)).Where(m => m.Groups[1].Value is "sh" or "bash").ToList();
        if (Elsewhere.ContainsKey(page))
            return;
        if (RunBy.ContainsKey(page))
            blocks.RemoveAll(b => b.Groups[2].Value == "");
        Assert.All(blocks, b => Assert.Matches(@"not-run=""[^""]{10,}""", b.Groups[2].Value));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task EveryCommandOfTheLauncherExists(string page)
    {
        var help = (await Shell.RunAsync(Path.Combine(LiveInstall.Root(), "webhoster"), "help")).Ok();
        var known = Usage().Matches(help).Select(m => m.Groups[1].Value).ToHashSet();
        Assert.Contains("restore", known);
        Assert.Empty(Call().Matches(Text(page)).Select(m => m.Groups[1].Value).Distinct().Except(known));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void EveryLinkLeadsSomewhere(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(LiveInstall.Root(), page))!;
        foreach (Match link in Link().Matches(Text(page)))
        {
            var (path, anchor) = (link.Groups[1].Value, link.Groups[2].Value);
            var file = path == "" ? Path.Combine(LiveInstall.Root(), page) : Path.GetFullPath(Path.Combine(folder, path));
            Assert.True(Path.Exists(file), $"{page}: {path}");
            if (anchor != "" && file.EndsWith(".md", StringComparison.Ordinal))
                Assert.Contains(anchor, Heading().Matches(File.ReadAllText(file)).Select(m => AnchorOf(m.Groups[1].Value)));
        }
    }

    [Fact]
    public void EveryDecisionIsInTheIndex()
    {
        var index = Text("docs/decisions/README.md");
        foreach (var file in Directory.GetFiles(Path.Combine(LiveInstall.Root(), "docs", "decisions"), "0*.md"))
        {
            var name = Path.GetFileName(file);
            Assert.Contains($"| [{name[..4]}]({name}) | ", index);
        }
    }

    private static string Text(string page) => File.ReadAllText(Path.Combine(LiveInstall.Root(), page));

    /// <summary>As GitHub makes them.</summary>
    private static string AnchorOf(string heading) => NotInAnchor().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"^```(\w+)(.*)\n[\s\S]*?^```", RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^  ([a-z]+)(?= )", RegexOptions.Multiline)]
    private static partial Regex Usage();

    [GeneratedRegex(@"\./webhoster ([a-z]+)")]
    private static partial Regex Call();

    [GeneratedRegex(@"\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
