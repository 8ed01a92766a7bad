using Microsoft.Playwright;
using Xunit;

namespace WebHoster.Tests.Browser;

/// <summary>
/// <c>./webhoster screenshots</c>: a picture of every page in both themes, two widths and both languages, named
/// <c>page-width-theme-language.png</c>. The folder is <c>WEBHOSTER_SCREENSHOTS</c>.
/// </summary>
[Trait("Category", "Screenshots")]
public sealed class ScreenshotTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    public static TheoryData<int, ColorScheme, string> Looks
    {
        get
        {
            var looks = new TheoryData<int, ColorScheme, string>();
            foreach (var width in new[] { 1280, 360 })
            {
                foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
                {
                    looks.Add(width, scheme, "en");
                    looks.Add(width, scheme, "ko");
                }
            }

            return looks;
        }
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task EveryPageIsPictured(int width, ColorScheme scheme, string language)
    {
        var folder = Environment.GetEnvironmentVariable("WEBHOSTER_SCREENSHOTS") ?? throw new InvalidOperationException("WEBHOSTER_SCREENSHOTS names no folder.");
        var page = await browser.OpenAsync(width, width < 500 ? 740 : 860, scheme, language);
        await new Tour(browser, page, stop => BrowserFixture.ShootAsync(
            page, Path.Combine(folder, $"{stop}-{width}-{scheme.ToString().ToLowerInvariant()}-{language}.png"))).WalkAsync(others: true);
    }
}
