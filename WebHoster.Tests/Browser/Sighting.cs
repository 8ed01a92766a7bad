using Microsoft.Playwright;
using Xunit;

namespace WebHoster.Tests.Browser;

/// <summary>When a page first showed something: noted in the browser, whose clock is this machine's, so that nobody's asking is in the figure.</summary>
/// <param name="page">Open already.</param>
/// <param name="selector">The element.</param>
/// <param name="words">What its text will contain.</param>
internal sealed class Sighting(IPage page, string selector, string words)
{
    private const string Watch =
        """
        ([selector, words]) => {
          const seen = () => [...document.querySelectorAll(selector)].some(e => e.textContent.includes(words));
          if (seen()) throw new Error(`“${words}” is there already.`);
          window.sighting = new Promise(resolve => {
            const observer = new MutationObserver(() => { if (seen()) { observer.disconnect(); resolve(Date.now()); } });
            observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
          });
        }
        """;

    /// <summary>Makes the change, and gives the time from the moment before it until the page shows it.</summary>
    public async Task<TimeSpan> OfAsync(Func<Task> change)
    {
        await WatchAsync();
        var before = DateTimeOffset.UtcNow;
        await change();
        return await SeenAsync() - before;
    }

    public Task WatchAsync() => page.EvaluateAsync(Watch, new[] { selector, words });

    public async Task<DateTimeOffset> SeenAsync()
    {
        var seen = page.EvaluateAsync<double>("window.sighting");
        Assert.True(await Task.WhenAny(seen, Task.Delay(TimeSpan.FromSeconds(20))) == seen, $"“{words}” did not come to {selector} within 20 s.");
        return DateTimeOffset.FromUnixTimeMilliseconds((long)await seen);
    }
}
