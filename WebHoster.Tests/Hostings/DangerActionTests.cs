using Bunit;
using Microsoft.Extensions.DependencyInjection;
using WebHoster.Web.Hostings;
using WebHoster.Web.Languages;
using Xunit;

namespace WebHoster.Tests.Hostings;

[Trait("Category", "Unit")]
public sealed class DangerActionTests : IDisposable
{
    private readonly BunitContext _context = new();
    private int _confirmed;

    public DangerActionTests()
    {
        _context.Services.AddSingleton<Translations>().AddScoped<Texts>();
        _context.JSInterop.Mode = JSRuntimeMode.Loose;
    }

    public void Dispose() => _context.Dispose();

    [Theory]
    [InlineData("", false)]
    [InlineData("bo", false)]
    [InlineData("Bob", false)]
    [InlineData(" bob ", true)]
    public void OnlyTheTypedNameGoesOn(string typed, bool goes)
    {
        var action = Render();
        action.Find("#delete").Click();
        action.Find("#delete-slug").Input(typed);
        Assert.Equal(!goes, action.Find("[type=submit]").HasAttribute("aria-disabled"));
        // Enter may come before the button knows: so the form decides, not the button.
        Assert.False(action.Find("[type=submit]").HasAttribute("disabled"));
        action.Find("form").Submit();
        Assert.Equal(goes ? 1 : 0, _confirmed);
        Assert.Equal(!goes, action.FindAll("[aria-invalid=true]").Count == 1);
        // Back to what was mistyped; the first time is when it asks.
        _context.JSInterop.VerifyFocusAsyncInvoke(goes ? 1 : 2);
    }

    [Fact]
    public void CallingItOffForgetsWhatWasTyped()
    {
        var action = Render();
        action.Find("#delete").Click();
        action.Find("#delete-slug").Input("bob");
        action.Find("[type=button]").Click();
        action.Find("#delete").Click();
        Assert.True(action.Find("[type=submit]").HasAttribute("aria-disabled"));
    }

    [Fact]
    public void AWrongPasswordIsToldBesideItsFieldAndTheRightOneGoesOn()
    {
        var action = _context.Render<DangerAction>(p => p
            .Add(d => d.Id, "delete").Add(d => d.Slug, "bob").Add(d => d.Title, "Delete").Add(d => d.Text, "Everything goes.").Add(d => d.Button, "Delete for good")
            .Add(d => d.CheckPassword, password => Task.FromResult(password == "four words" ? null : "This is not your password."))
            .Add(d => d.OnConfirm, () => _confirmed++));
        action.Find("#delete").Click();
        action.Find("#delete-slug").Input("bob");
        action.Find("#delete-password").Change("three words");
        action.Find("form").Submit();
        Assert.Equal((0, "This is not your password."), (_confirmed, action.Find("#delete-password-problem").TextContent));
        Assert.Null(action.Find("#delete-password").GetAttribute("value"));
        action.Find("#delete-password").Change("four words");
        action.Find("form").Submit();
        Assert.Equal(1, _confirmed);
        Assert.Empty(action.FindAll("form"));
    }

    [Fact]
    public void WhatIsNotPossibleNowCannotBeConfirmedEither()
    {
        var action = Render();
        action.Find("#delete").Click();
        action.Find("#delete-slug").Input("bob");
        action.Render(p => p.Add(d => d.Disabled, true));
        action.Find("form").Submit();
        Assert.Equal(0, _confirmed);
    }

    private IRenderedComponent<DangerAction> Render() => _context.Render<DangerAction>(p => p
        .Add(d => d.Id, "delete").Add(d => d.Slug, "bob").Add(d => d.Title, "Delete").Add(d => d.Text, "Everything goes.")
        .Add(d => d.Button, "Delete for good").Add(d => d.OnConfirm, () => _confirmed++));
}
