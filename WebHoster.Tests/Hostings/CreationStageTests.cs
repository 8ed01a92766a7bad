using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using WebHoster.Core.Accounts;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Settings;
using WebHoster.Web.Hostings;
using WebHoster.Web.Languages;
using Xunit;

namespace WebHoster.Tests.Hostings;

[Trait("Category", "Unit")]
public sealed class CreationStageTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private readonly BunitContext _context = new();
    private readonly Hosting _hosting;
    private readonly Operation _operation;
    private readonly HostingView _view;

    public CreationStageTests()
    {
        var plan = new SlotPlan(10000, 20000, System.Net.IPNetwork.Parse("10.86.0.0/18"));
        var addresses = new PublicAddresses(
            Options.Create(new InstallSettings()), Options.Create(new SitesSettings()), Options.Create(new PortalSettings()),
            Options.Create(new GuestSettings()), plan);
        _context.Services.AddSingleton<Translations>().AddScoped<Texts>().AddSingleton(addresses);
        _context.JSInterop.Mode = JSRuntimeMode.Loose;
        _hosting = new Hosting(Guid.NewGuid(), Guid.NewGuid(), 1, "ada", new Slot(7), new MachineSize(1024, 1, 10), Now);
        _operation = new Operation(_hosting, OperationKind.Create, Now);
        _view = HostingView.Of(_hosting, _operation.Id, plan, addresses);
    }

    public void Dispose() => _context.Dispose();

    [Fact]
    public void TheSiteIsShownOnlyWhenItIsLiveAndHasNoPowerOverThePortal()
    {
        Assert.Empty(Render().FindAll("iframe"));
        _operation.Start(Now);
        Assert.Empty(Render().FindAll("iframe"));
        _operation.Succeed(Now.AddSeconds(13));
        var stage = Render();
        var frame = stage.Find("iframe");
        Assert.Equal(_view.Url, frame.GetAttribute("src"));
        Assert.Equal("allow-scripts", frame.GetAttribute("sandbox"));
        Assert.Equal("13 s", stage.Find(".stage__clock").TextContent.Trim());
    }

    [Fact]
    public void AFailureSaysWhyAndTriesAgainOrGoesWhenAsked()
    {
        var (asked, closed) = (0, 0);
        _operation.Start(Now);
        _operation.Blame("The machine could not be started.", null);
        _operation.Fail(Now.AddSeconds(3));
        var stage = _context.Render<CreationStage>(p => p.Add(s => s.Operation, _operation).Add(s => s.Log, [])
            .Add(s => s.OnRetry, EventCallback.Factory.Create(this, () => asked++)).Add(s => s.OnDismiss, EventCallback.Factory.Create(this, () => closed++)));
        Assert.Contains("The machine could not be started.", stage.Find("[role=alert]").TextContent);
        stage.FindAll("[role=alert] button")[0].Click();
        stage.FindAll("[role=alert] button")[1].Click();
        Assert.Equal((1, 1), (asked, closed));
    }

    [Fact]
    public void ACreationIsCalledOffOnlyAfterAQuestion()
    {
        var asked = 0;
        var stage = _context.Render<CreationStage>(p => p.Add(s => s.Operation, _operation).Add(s => s.Log, []).Add(s => s.Hosting, _view)
            .Add(s => s.OnCallOff, EventCallback.Factory.Create(this, () => asked++)));
        stage.Find(".stage__side button").Click();
        Assert.Equal(0, asked);
        stage.Find("[data-sure]").Click();
        Assert.Equal(1, asked);
    }

    [Fact]
    public void TheCommandsNameTheKeyThatWasMadeHere()
    {
        var key = new NewKey("ada", "PEM");
        _operation.Start(Now);
        _operation.Succeed(Now.AddSeconds(13));
        var command = $"ssh -i ada-webhoster.pem -p {_view.SshPort} ubuntu@{_view.SshHost}";
        var stage = _context.Render<CreationStage>(p => p.Add(s => s.Operation, _operation).Add(s => s.Log, []).Add(s => s.Hosting, _view).Add(s => s.KeyFile, key.File));
        Assert.Equal(command, stage.Find("#ssh-command").TextContent);
        var card = _context.Render<PrivateKey>(p => p.Add(k => k.Key, key).Add(k => k.Hosting, _view));
        Assert.Equal(command, card.Find("#ada-ssh").TextContent);
        Assert.Equal("chmod 600 ada-webhoster.pem", card.Find("#ada-chmod").TextContent);
    }

    [Fact]
    public void WhatWasCalledOffIsOnTheStageUntilItIsUndone()
    {
        var plan = new Plan { Name = Plan.Standard, MaxHostings = 2 };
        Assert.Same(_operation, CreationNews.Of(new Overview([_view], plan, _operation, _operation), Now));
        _operation.Cancel("The hosting was deleted before this had ended.", Now);
        var undoing = new Operation(_hosting, OperationKind.Delete, Now);
        var overview = new Overview([_view], plan, undoing, _operation);
        Assert.Same(undoing, CreationNews.Of(overview, Now));
        undoing.Succeed(Now);
        Assert.Null(CreationNews.Of(overview, Now));
    }

    [Fact]
    public void WhatIsBeingUndoneSaysSoAndOffersNothingYet()
    {
        _operation.Start(Now);
        _operation.Blame("The machine could not be started.", null);
        var stage = Render();
        Assert.Equal("Creating failed, cleaning up", stage.Find("h1").TextContent);
        Assert.Empty(stage.FindAll("button"));
    }

    private IRenderedComponent<CreationStage> Render() =>
        _context.Render<CreationStage>(p => p.Add(s => s.Operation, _operation).Add(s => s.Log, []).Add(s => s.Hosting, _view));
}
