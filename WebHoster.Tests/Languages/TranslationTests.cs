using System.Text.Json;
using System.Text.RegularExpressions;
using WebHoster.Core;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;
using WebHoster.Web.Languages;
using Xunit;

namespace WebHoster.Tests.Languages;

/// <summary>Whatever a person may read on a page exists in every language.</summary>
[Trait("Category", "Unit")]
public sealed partial class TranslationTests
{
    private static readonly Translations Known = new();

    // Names are the same in every language.
    private static readonly HashSet<string> Names = ["WebHoster", "SSH", "SFTP", "API", "CPU", "GB", "MB", "UTC", "ada", "ssh-ed25519 AAAA…"];

    [Fact]
    public void EveryTextThatAPageAsksForIsTranslated() =>
        AssertAll(Files("WebHoster.Web", "*.razor", "*.cs").SelectMany(f => SourceText.Keys(f.Text).Select(key => (f.Name, key))));

    [Fact]
    public void EverySentenceOfTheRulesAndTheEngineIsTranslated() => AssertAll(
        Files("WebHoster.Core", "*.cs").Concat(Files("WebHoster.Infrastructure", "*.cs")).Concat(Files("WebHoster.Web", "*.cs"))
            .Where(f => IsHeardByCustomers(f.Name))
            .SelectMany(f => SourceText.Literals(f.Text).Where(t => Sentence().IsMatch(t)).Select(t => (f.Name, t))));

    [Fact]
    public void EveryWordOfAComponentsCodeIsTranslated() => AssertAll(
        Files("WebHoster.Web", "*.razor", "*.razor.cs", "*Words.cs", "*Look.cs")
            .SelectMany(f => SourceText.Literals(SourceText.CodeOf(f.Name, f.Text)).Where(t => Word().IsMatch(t)).Select(t => (f.Name, t))));

    [Fact]
    public void NoMarkupHoldsBareWords()
    {
        var bare = Files("WebHoster.Web", "*.razor").SelectMany(f => SourceText.BareWords(f.Text).Select(t => (f.Name, Text: t)))
            .Where(b => !Names.Contains(b.Text) && Letters().Matches(b.Text).Any(w => !Names.Contains(w.Value))).Select(b => $"{b.Name}: {b.Text}").ToList();
        Assert.True(bare.Count == 0, string.Join('\n', bare));
    }

    [Fact]
    public void ATranslationHasTheArgumentsOfItsTextAndSaysSomething()
    {
        foreach (var language in Translations.Supported.Skip(1))
        {
            foreach (var (english, text) in Known.All(language.Name))
            {
                Assert.False(string.IsNullOrWhiteSpace(text), english);
                Assert.Equal(Hole().Matches(english).Select(m => m.Value).ToHashSet(), Hole().Matches(text).Select(m => m.Value).ToHashSet());
            }
        }
    }

    [Fact]
    public void ATextHasOneTranslationInOneFile()
    {
        foreach (var language in Translations.Supported.Skip(1))
        {
            var folder = Path.Combine(LiveInstall.Root(), "WebHoster.Web", "Languages", language.Name);
            var doubles = Directory.GetFiles(folder).SelectMany(f => JsonDocument.Parse(File.ReadAllBytes(f)).RootElement.EnumerateObject().Select(p => p.Name))
                .CountBy(english => english).Where(c => c.Value > 1).Select(c => c.Key).ToList();
            Assert.True(doubles.Count == 0, string.Join('\n', doubles));
        }
    }

    [Fact]
    public void NoTranslationIsLeftOfATextThatNobodySays()
    {
        var files = Files("WebHoster.Core", "*.cs").Concat(Files("WebHoster.Infrastructure", "*.cs")).Concat(Files("WebHoster.Web", "*.cs", "*.razor")).ToList();
        var said = files.SelectMany(f => SourceText.Keys(f.Text).Concat(SourceText.Literals(SourceText.CodeOf(f.Name, f.Text)))).Select(t => Hole().Replace(t, "{}"))
            .Concat(files.Select(f => f.Text)).Concat(typeof(HostingStatus).Assembly.GetTypes().Where(t => t.IsEnum).SelectMany(t => t.GetEnumNames().Select(Words.Snake))).ToHashSet();
        // Holes that touch are one to who reads the sentence.
        var everything = string.Join('\n', said).Replace("{}{}", "{}");
        var left = Translations.Supported.Skip(1).SelectMany(l => Known.All(l.Name).Keys).Distinct()
            .Where(english => !everything.Contains(Hole().Replace(english, "{}").TrimEnd('.'))).ToList(); // a sentence may go on, or get its full stop later
        Assert.True(left.Count == 0, string.Join('\n', left));
    }

    [Fact]
    public void WordsThatAreMadeOfEnumsAreTranslated() => AssertAll(
        Enum.GetValues<HostingStatus>().Select(s => s.Word()).Concat(Enum.GetValues<OperationKind>().Select(k => k.Word()))
            .Concat(Enum.GetValues<OperationStatus>().Select(s => s.Word())).Concat(Enum.GetValues<StepStatus>().Select(s => s.Word()))
            .Select(w => ("Words", w)));

    [Theory]
    [InlineData("This username is taken. Choose another.", "이미 사용 중인 사용자 이름이에요. 다른 이름을 선택해 주세요.")]
    [InlineData("A username has 2 to 30 characters.", "사용자 이름은 2~30자여야 해요.")]
    [InlineData("The machine could not be started. The host has no memory left for it.", "머신을 시작하지 못했어요. 호스트에 남은 메모리가 없어요.")]
    [InlineData("Nobody wrote this.", "Nobody wrote this.")]
    public void WhatTheEngineSaidIsFoundByItsPattern(string english, string korean) => Assert.Equal(korean, Known.Said("ko", english));

    private static void AssertAll(IEnumerable<(string File, string Text)> texts)
    {
        var missing = texts.Where(t => !Names.Contains(t.Text) && !Known.Knows("ko", t.Text)).Select(t => $"{t.File}: {t.Text}").Distinct().ToList();
        Assert.True(missing.Count == 0, $"{missing.Count} without Korean:\n{string.Join('\n', missing)}");
    }

    // Scripts get the API's texts, administrators and their terminal those of settings and of the host's tools.
    private static bool IsHeardByCustomers(string file) => Heard().IsMatch(file) && !Unheard().IsMatch(file);

    private static IEnumerable<(string Name, string Text)> Files(string project, params string[] patterns)
    {
        var root = LiveInstall.Root();
        return patterns.SelectMany(p => Directory.GetFiles(Path.Combine(root, project), p, SearchOption.AllDirectories)).Distinct().Order()
            .Select(f => (Name: Path.GetRelativePath(root, f), Path: f)).Where(f => !Built().IsMatch(f.Name)).Select(f => (f.Name, File.ReadAllText(f.Path)));
    }

    [GeneratedRegex(@"/(obj|bin)/")]
    private static partial Regex Built();

    [GeneratedRegex("^WebHoster.Core/|^WebHoster.Infrastructure/(Accounts|Acting|Announcements|Hostings|Operations|RunTime|Slots)/|^WebHoster.Web/(Account|Hostings|Operations)/"
        + "|^WebHoster.Infrastructure/(Drift/(Checks|DriftLedger|DriftDesk|MachineSurvey)|Alerts/(AlertBook|AlertTargets|AlertSources|AlertCourier|WebhookSender|WebhookDialer)"
        + "|Jobs/(WorkerWatch|JobRequests|HostJobs|ForgetHistoryJob)).cs")]
    private static partial Regex Heard();

    [GeneratedRegex("Api.cs$|/(SigningKeys|BearerSetup|HostingCall|HostingHub|AccessTokens|HostScan|CapacityReport|HostResources|AcceptedAnswers).cs$")]
    private static partial Regex Unheard();

    [GeneratedRegex(@"\A[A-Z“].* .*[.…?)]\z", RegexOptions.Singleline)]
    private static partial Regex Sentence();

    [GeneratedRegex(@"\A[A-Z“]\w*[a-z]\w*(?:[ ,.:…].*)?\z", RegexOptions.Singleline)]
    private static partial Regex Word();

    [GeneratedRegex(@"\p{L}{2,}")]
    private static partial Regex Letters();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Hole();
}
