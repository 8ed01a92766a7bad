using Bunit;
using Microsoft.Extensions.DependencyInjection;
using WebHoster.Core;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Tests.Languages;
using WebHoster.Web.Hostings;
using WebHoster.Web.Languages;
using WebHoster.Web.Operations;
using Xunit;

namespace WebHoster.Tests.Hostings;

[Trait("Category", "Unit")]
public sealed class StatusBadgeTests : IDisposable
{
    private readonly BunitContext _context = new();

    public StatusBadgeTests() => _context.Services.AddSingleton<Translations>().AddScoped<Texts>();

    public void Dispose() => _context.Dispose();

    public static TheoryData<HostingStatus> Statuses => new(Enum.GetValues<HostingStatus>());

    [Theory]
    [MemberData(nameof(Statuses))]
    public void EveryStatusHasAWordAndATone(HostingStatus status)
    {
        var badge = _context.Render<StatusBadge>(p => p.Add(b => b.Status, status)).Find("span");
        Assert.Equal(status.Word(), badge.GetAttribute("data-status"));
        Assert.Equal(status.ToString(), badge.TextContent);
        Assert.Equal(["badge", $"badge--{StatusLook.Of(status).Tone}"], badge.ClassList);
    }

    [Fact]
    public void EveryStepAndOperationHasWords()
    {
        foreach (var kind in Enum.GetValues<OperationKind>())
        {
            Assert.All(OperationPlan.StepsOf(kind), step => Assert.NotEqual(step, OperationWords.Of(InEnglish(), step)));
            foreach (var health in Enum.GetValues<HostingHealth>())
                Assert.NotEqual("", HealthWords.Of(InEnglish(), health));
        }
    }

    [Theory]
    [InlineData(0.04, "0.0 s")]
    [InlineData(3.25, "3.3 s")]
    [InlineData(12.4, "12 s")]
    [InlineData(61, "1 min 1 s")]
    [InlineData(-1, "0 s")]
    public void ADurationReadsWell(double seconds, string text) =>
        Assert.Equal(text, InEnglish().Duration(TimeSpan.FromSeconds(seconds)));

    private static Texts InEnglish() => Reader.Of("en");
}
