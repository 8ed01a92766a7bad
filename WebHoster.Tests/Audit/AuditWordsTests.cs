using System.Text.RegularExpressions;
using WebHoster.Core;
using WebHoster.Core.Drift;
using WebHoster.Tests.Fixtures;
using WebHoster.Web.Admin;
using WebHoster.Web.Languages;
using Xunit;

namespace WebHoster.Tests.Audit;

[Trait("Category", "Unit")]
public sealed partial class AuditWordsTests
{
    private static readonly Translations Known = new();

    [Theory]
    [InlineData("code_wrong")]
    [InlineData("code_missing")]
    [InlineData("code_asked")]
    [InlineData("unconfirmed")]
    [InlineData("locked")]
    [InlineData("disabled")]
    [InlineData("passkey_refused")]
    [InlineData("replaced")]
    [InlineData("expired")]
    [InlineData("cancelled")]
    public void AnOutcomeHasWordsInEveryLanguage(string outcome)
    {
        Assert.NotEqual(outcome, AuditWords.Of(outcome));
        Assert.NotNull(Known.Find("ko", AuditWords.Of(outcome)));
    }

    [Fact]
    public void SoHasEveryOneThatIsSpeltWhereAnEntryIsMadeAndHowEveryRepairEnds()
    {
        var root = LiveInstall.Root();
        var spelt = new[] { "WebHoster.Infrastructure", "WebHoster.Web" }.SelectMany(p => Directory.GetFiles(Path.Combine(root, p), "*.cs", SearchOption.AllDirectories))
            .Where(f => !f.Contains("/obj/")).SelectMany(f => Outcome().Matches(File.ReadAllText(f))).Select(m => m.Groups[1].Value);
        var repairs = Enum.GetValues<RepairStatus>().Where(s => s is not (RepairStatus.Waiting or RepairStatus.Running)).Select(s => s.Word());
        foreach (var outcome in spelt.Concat(repairs).Distinct())
            AnOutcomeHasWordsInEveryLanguage(outcome);
    }

    [GeneratedRegex("""new AuditEntry\([^;]*?, "([a-z_]+)", \w+(?:\.From\(\))?\)""")]
    private static partial Regex Outcome();
}
