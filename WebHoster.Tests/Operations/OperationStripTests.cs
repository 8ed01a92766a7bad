using Bunit;
using Microsoft.Extensions.DependencyInjection;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Web.Languages;
using WebHoster.Web.Operations;
using Xunit;

namespace WebHoster.Tests.Operations;

[Trait("Category", "Unit")]
public sealed class OperationStripTests : IDisposable
{
    private readonly BunitContext _context = new();

    public OperationStripTests() => _context.Services.AddSingleton<Translations>().AddScoped<Texts>().AddSingleton(TimeProvider.System);

    public void Dispose() => _context.Dispose();

    [Theory]
    [InlineData(1, HostingStatus.Running, HostingHealth.Healthy, true)]
    [InlineData(30, HostingStatus.Running, HostingHealth.Healthy, false)]
    [InlineData(30, HostingStatus.Running, HostingHealth.NoHttp, true)]
    [InlineData(30, HostingStatus.Failed, HostingHealth.Unknown, true)]
    public void AFailureIsShownForADayAndLongerWhileTheMachineIsNotWell(int hours, HostingStatus status, HostingHealth health, bool shown)
    {
        var then = DateTimeOffset.UtcNow.AddHours(-hours);
        var hosting = new Hosting(Guid.NewGuid(), Guid.NewGuid(), 1, "ada", new Slot(7), new MachineSize(1024, 1, 10), then);
        var restart = new Operation(hosting, OperationKind.Restart, then);
        restart.Blame("The machine could not be started.", null);
        restart.Fail(then);
        var view = new HostingView(hosting.Id, "ada", "", status, health, hosting.Id, "", "", 0, "", "", then, restart.Id, false, new MachineSize(1024, 1, 10), null);
        var strip = _context.Render<OperationStrip>(p => p.Add(s => s.Operation, restart).Add(s => s.Hosting, view));
        Assert.Equal(shown, strip.FindAll("[role=alert]").Count == 1);
    }
}
