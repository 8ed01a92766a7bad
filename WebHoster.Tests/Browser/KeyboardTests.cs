using System.Text.RegularExpressions;
using Microsoft.Playwright;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.Browser;

/// <summary>A person without a mouse: on whatever Tab comes to one sees that it is there, and no question takes the focus away with it.</summary>
[Trait("Category", "Browser")]
public sealed class KeyboardTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    private const int MaxTabs = 80;

    private IPage _page = null!;

    [Fact]
    public async Task APersonRegistersCreatesChangesKeysAndDeletesByTabAndEnter()
    {
        _page = await browser.OpenAsync();
        var name = Person.NewName("key");
        await _page.GotoAsync("/register");
        await TypeAsync("#email", $"{name}@example.org");
        await TypeAsync("#username", name);
        await TypeAsync("#password", Person.Password);
        await _page.Keyboard.PressAsync("Enter");
        await Expect(_page).ToHaveURLAsync(new Regex("/dashboard$"));
        await browser.LiveAsync(_page);
        await PressAsync(".empty .btn--primary");
        await PressAsync(".keycard__buttons [data-copy]");
        await PressAsync(".keycard__buttons [data-sure]");
        await Expect(_page.Locator(".stage[data-operation=queued]")).ToBeVisibleAsync();
        await browser.Portal.Engine.CreateAsync(name);

        await PressAsync(".top__nav [href='/ssh-keys']");
        await browser.LiveAsync(_page);
        await TypeAsync("#key-name", "laptop");
        await TypeAsync("#key-line", SshKeyPair.Create("laptop").PublicKey);
        await PressAsync(".keyform .btn--primary");
        await PressAsync("[aria-label='Remove the key “laptop”']");
        await ExpectFocusAsync("Keep");
        await _page.Keyboard.PressAsync("Enter");
        await ExpectFocusAsync("Remove");
        await _page.Keyboard.PressAsync("Enter");
        await ExpectFocusAsync("Keep");
        await _page.Keyboard.PressAsync("Tab");
        await _page.Keyboard.PressAsync("Enter");
        await Expect(_page.GetByText("laptop", new() { Exact = true })).ToBeHiddenAsync();
        await ExpectFocusAsync("Your keys");

        await _page.GotoAsync($"/hostings/{await browser.Portal.Database.ScalarAsync<Guid>("select id from hostings where slug = @name", ("name", name))}/settings");
        await browser.LiveAsync(_page);
        await PressAsync("#delete");
        await Expect(_page.Locator("#delete-slug")).ToBeFocusedAsync();
        await _page.Keyboard.PressAsync("Tab");
        await _page.Keyboard.PressAsync("Enter");
        await Expect(_page.Locator("#delete")).ToBeFocusedAsync();
        await _page.Keyboard.PressAsync("Enter");
        await Expect(_page.Locator("#delete-slug")).ToBeFocusedAsync();
        await _page.Keyboard.PressAsync("Enter");
        await Expect(_page.GetByText("This is not its name")).ToBeVisibleAsync();
        await Expect(_page.Locator("#delete-slug")).ToBeFocusedAsync();
        await _page.Keyboard.TypeAsync(name);
        await _page.Keyboard.PressAsync("Enter");
        await Expect(_page.Locator(".strip")).ToBeVisibleAsync();
        await ExpectFocusAsync("Danger zone");
        await browser.Portal.Engine.EraseAsync(name);
        await ExpectFocusAsync($"“{name}” was deleted");
    }

    private async Task TypeAsync(string selector, string text)
    {
        await TabToAsync(selector);
        await _page.Keyboard.TypeAsync(text);
    }

    private async Task PressAsync(string selector)
    {
        await TabToAsync(selector);
        await _page.Keyboard.PressAsync("Enter");
    }

    private async Task TabToAsync(string selector)
    {
        var target = _page.Locator(selector);
        await target.WaitForAsync();
        for (var tabs = 0; tabs < MaxTabs; tabs++)
        {
            var at = await _page.EvaluateAsync<string>(
                """
                () => {
                  const e = document.activeElement;
                  if (e === document.body || e.tabIndex < 0) return '';
                  const seen = [getComputedStyle(e), getComputedStyle(e, '::after')].some(s => (s.outlineStyle !== 'none' && s.outlineWidth !== '0px') || s.boxShadow !== 'none');
                  return seen ? '' : e.outerHTML.slice(0, 200);
                }
                """);
            Assert.True(at == "", $"Nobody sees that the focus is on {at}");
            if (await target.EvaluateAsync<bool>("e => e === document.activeElement"))
                return;
            await _page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"{MaxTabs} tabs do not lead to {selector}.");
    }

    private Task ExpectFocusAsync(string text) => Expect(_page.Locator(":focus")).ToHaveTextAsync(text);
}
