using System.Net;
using System.Net.Http.Json;
using WebHoster.Core.Announcements;
using WebHoster.Core.Errors;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Announcements;

/// <summary>A portal of its own: everybody reads what is announced.</summary>
[Trait("Category", "Integration")]
public sealed class AnnouncementTests(PortalFixture portal) : IClassFixture<PortalFixture>
{
    [Fact]
    public async Task EverybodyReadsItInTheirLanguageOnEveryPageAndByTheApiUntilItIsTakenDown()
    {
        var admin = await Person.AddAdminAsync(portal);
        var made = await admin.Http.PostAsJsonAsync("admin/announcements", new { text_en = "Restart <b>soon</b>", text_ko = "곧 다시 시작", level = "warning", dismissible = false });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var id = (await made.DataAsync()).Text("id");
        foreach (var page in new[] { "/", "/login", "/register", "/nowhere" })
        {
            await Eventually.TrueAsync(async () => (await PageAsync(page, "en")).Contains("Restart &lt;b&gt;soon&lt;/b&gt;"));
            Assert.Contains("곧 다시 시작", WebUtility.HtmlDecode(await PageAsync(page, "ko")));
        }
        Assert.DoesNotContain("data-dismiss", await PageAsync("/", "en"));
        var told = (await (await Person.Stranger(portal).GetAsync("announcements")).DataAsync()).EnumerateArray().Single(a => a.Text("id") == id);
        Assert.Equal(("warning", "Restart <b>soon</b>", "곧 다시 시작"), (told.Text("level"), told.Text("text_en"), told.Text("text_ko")));

        (await admin.Http.DeleteAsync($"admin/announcements/{id}")).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(async () => !(await PageAsync("/", "en")).Contains("soon"));
        Assert.Equal(
            "announcement.create announcement.delete",
            await portal.Database.ScalarAsync<string>("select string_agg(action, ' ' order by id) from audit_entries where subject like 'warning: Restart%'"));
    }

    [Fact]
    public async Task WhatIsToComeOrOverIsNotShown()
    {
        var admin = await Person.AddAdminAsync(portal);
        var now = DateTimeOffset.UtcNow;
        foreach (var (text, from, to) in new[] { ("to-come", now.AddHours(1), now.AddHours(2)), ("is-over", now.AddHours(-2), now.AddHours(-1)) })
            (await admin.Http.PostAsJsonAsync("admin/announcements", new { text_en = text, starts_at = from, ends_at = to })).EnsureSuccessStatusCode();
        (await admin.Http.PostAsJsonAsync("admin/announcements", new { text_ko = "한국어만" })).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(async () => WebUtility.HtmlDecode(await PageAsync("/", "en")).Contains("한국어만"));
        var page = await PageAsync("/", "en");
        Assert.DoesNotContain("to-come", page);
        Assert.DoesNotContain("is-over", page);
        Assert.Equal(3, (await (await admin.Http.GetAsync("admin/announcements")).DataAsync()).EnumerateArray().Count(a => a.ToString().Contains("to-come") || a.ToString().Contains("is-over") || a.ToString().Contains("한국어만")));
    }

    [Fact]
    public async Task WhoPutsOneAwaySeesItNoMoreAndOthersDo()
    {
        var admin = await Person.AddAdminAsync(portal);
        var id = (await (await admin.Http.PostAsJsonAsync("admin/announcements", new { text_en = "put-me-away" })).DataAsync()).Text("id");
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = portal.Url };
        await Eventually.TrueAsync(async () => (await browser.GetStringAsync("/login")).Contains("put-me-away"));
        var away = await browser.PostAsync($"/announcements/{id}/dismiss", new FormUrlEncodedContent([new("back", "/login")]));
        Assert.Equal((HttpStatusCode.Redirect, "/login"), (away.StatusCode, away.Headers.Location!.OriginalString));
        Assert.DoesNotContain("put-me-away", await browser.GetStringAsync("/login"));
        Assert.Contains("put-me-away", await PageAsync("/login", "en"));
        Assert.Equal("/dashboard", (await browser.PostAsync($"/announcements/{id}/dismiss", new FormUrlEncodedContent([new("back", "https://evil.example")]))).Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task OneThatSaysNothingOrEndsBeforeItStartsIsRefused()
    {
        var admin = await Person.AddAdminAsync(portal);
        await Problems.ExpectAsync(await admin.Http.PostAsJsonAsync("admin/announcements", new { text_en = "  " }), HttpStatusCode.BadRequest, "text_en");
        await Problems.ExpectAsync(await admin.Http.PostAsJsonAsync("admin/announcements", new { text_ko = new string('글', 501) }), HttpStatusCode.BadRequest, "text_ko");
        await Problems.ExpectAsync(
            await admin.Http.PostAsJsonAsync("admin/announcements", new { text_en = "x", ends_at = DateTimeOffset.UtcNow.AddDays(-1) }), HttpStatusCode.BadRequest, "ends_at");
        await Problems.ExpectAsync(await admin.Http.PutAsJsonAsync($"admin/announcements/{Guid.NewGuid()}", new { text_en = "x" }), HttpStatusCode.NotFound);
    }

    [Fact]
    public void AChangeLeavesTheStartWhereItIsLeftOut()
    {
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var announcement = new Announcement(new AnnouncementDraft("one", null, AnnouncementLevel.Info, start, null, true), start);
        announcement.Change(announcement.Draft with { TextEn = "two", StartsAt = null }, start.AddDays(1));
        Assert.Equal((start, "two", "two"), (announcement.StartsAt, announcement.Text("en"), announcement.Text("ko")));
        Assert.Throws<InvalidInputException>(() => announcement.Change(announcement.Draft with { TextEn = null }, start));
    }

    private async Task<string> PageAsync(string path, string language)
    {
        using var browser = new HttpClient { BaseAddress = portal.Url, DefaultRequestHeaders = { { "Accept-Language", language } } };
        return await (await browser.GetAsync(path)).Content.ReadAsStringAsync();
    }
}
