using System.Net.Http.Json;
using Microsoft.Playwright;
using WebHoster.Tests.Fixtures;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.Browser;

/// <summary>What is announced while a page is open.</summary>
[Trait("Category", "Browser")]
public sealed class LateAnnouncementTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task ItComesOverTheLowerEdgeChangesIsPutAwayAndGoesWhenItsTimeIsOver()
    {
        var (page, _, _) = await new SeededHosting(browser).OpenAsync();
        var admin = await Person.AddAdminAsync(browser.Portal);
        await page.EvaluateAsync("window.sameDocument = true");
        var top = (await page.Locator("#main").BoundingBoxAsync())!.Y;

        var id = await AnnounceAsync("Restart at noon");
        var late = page.Locator(".told--late [data-announcement]");
        await Expect(late).ToHaveTextAsync("Restart at noon");
        await Expect(late).ToBeInViewportAsync();
        Assert.Equal(top, (await page.Locator("#main").BoundingBoxAsync())!.Y);

        (await admin.Http.PutAsJsonAsync($"admin/announcements/{id}", new { text_en = "Restart at one" })).EnsureSuccessStatusCode();
        await Expect(late).ToHaveTextAsync("Restart at one");
        await page.GetByRole(AriaRole.Button, new() { Name = "Put this announcement away" }).ClickAsync();
        await Expect(late).ToHaveCountAsync(0);
        (await admin.Http.DeleteAsync($"admin/announcements/{id}")).EnsureSuccessStatusCode();

        await AnnounceAsync("Gone in a moment", DateTimeOffset.UtcNow.AddSeconds(3));
        await Expect(late).ToHaveTextAsync("Gone in a moment");
        await Expect(late).ToHaveCountAsync(0);
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"));

        async Task<string> AnnounceAsync(string text, DateTimeOffset? until = null) =>
            (await (await admin.Http.PostAsJsonAsync("admin/announcements", new { text_en = text, ends_at = until })).DataAsync()).Text("id");
    }
}
