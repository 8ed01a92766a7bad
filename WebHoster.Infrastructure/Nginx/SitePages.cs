using System.Globalization;
using System.Text.Json;
using WebHoster.Infrastructure.Templates;

namespace WebHoster.Infrastructure.Nginx;

/// <summary>One page that nginx itself answers with.</summary>
/// <param name="Name">File name without <c>.html</c>; for a state the status word.</param>
/// <param name="Code">What the footer says, for people who report a problem.</param>
/// <param name="Refresh">Seconds after which the page asks again.</param>
internal sealed record SitePage(
    string Name, string Tone, string Icon, string Title, string Text, string Advice, string Code, int? Refresh = null,
    string? Button = null);

/// <summary>What visitors read when no guest answers.</summary>
internal static class SitePages
{
    private const string Hourglass = """<path d="M6 3h12M6 21h12M7.5 3v3.6a4 4 0 0 0 1.6 3.2L12 12l2.9-2.2a4 4 0 0 0 1.6-3.2V3M7.5 21v-3.6a4 4 0 0 1 1.6-3.2L12 12l2.9 2.2a4 4 0 0 1 1.6 3.2V21"/>""";
    private const string Power = """<path d="M12 3v8"/><path d="M6.3 6.8a8 8 0 1 0 11.4 0"/>""";
    private const string Moon = """<path d="M20 14.2A8.2 8.2 0 0 1 9.8 4 8.2 8.2 0 1 0 20 14.2Z"/>""";
    private const string Tools = """<path d="M14.6 6.2a4.2 4.2 0 0 1 5.5-1.2l-2.7 2.7.4 2 2 .4L22 7.6a4.2 4.2 0 0 1-5.8 5L8.6 20.2a2.1 2.1 0 0 1-3-3l7.6-7.6a4.2 4.2 0 0 1 1.4-3.4Z" transform="translate(-1.6)"/>""";
    private const string Plug = """<path d="M9 3v5M15 3v5M6.5 8h11v3.5a5.5 5.5 0 0 1-11 0Z"/><path d="M12 17v4"/>""";
    private const string Search = """<circle cx="11" cy="11" r="7"/><path d="m20.5 20.5-4.4-4.4M9 9l4 4M13 9l-4 4"/>""";
    private const string Alert = """<path d="M12 4 2.8 19.5h18.4Z"/><path d="M12 10v4.2M12 17h.01"/>""";
    private const string Gauge = """<path d="M4.2 18a9 9 0 1 1 15.6 0"/><path d="m12 14 4-5M12 14h.01"/>""";
    private const string Box = """<path d="M3.5 8 12 3.5 20.5 8v8L12 20.5 3.5 16Z"/><path d="M3.5 8 12 12.5 20.5 8M12 12.5v8"/>""";
    private const string Globe = """<circle cx="12" cy="12" r="8.8"/><path d="M3.2 12h17.6M12 3.2c2.5 2.6 3.7 5.5 3.7 8.8s-1.2 6.2-3.7 8.8c-2.5-2.6-3.7-5.5-3.7-8.8s1.2-6.2 3.7-8.8Z"/>""";
    private const string Owner = "Is this your site? The portal shows what is going on and what you can do.";

    /// <summary>Shown for a status word that has no page of its own.</summary>
    public const string OtherState = "unavailable";

    public static readonly IReadOnlyList<SitePage> States =
    [
        new("creating", "", Box, "This site is being built", "A fresh server is getting ready for it right now.",
            "That takes a minute or two. Stay here: the site appears on its own.", "503 · creating", 5),
        new("starting", "", Power, "This site is waking up", "Its server has just been switched on.",
            "It will be here in a moment.", "503 · starting", 5),
        new("rebuilding", "", Tools, "This site is being rebuilt", "Its owner asked for a clean start, and a new server is being set up.",
            "That takes a minute or two. Stay here: the site appears on its own.", "503 · rebuilding", 5),
        new("stopping", "calm", Moon, "This site is closing down", "Its server is being switched off.",
            Owner, "503 · stopping", Button: "Open the portal"),
        new("stopped", "calm", Moon, "This site is switched off", "Its owner has paused the server. Nothing is lost.",
            "Is this your site? Start it in the portal, and it is back in a minute.", "503 · stopped", Button: "Open the portal"),
        new("failed", "warn", Alert, "This site has a problem", "Its server did not start as it should.",
            Owner, "503 · failed", Button: "Open the portal"),
        new("deleting", "calm", Hourglass, "This site is being removed", "Its owner has closed it. It will be gone in a moment.",
            "Looking for something else? Check the address.", "503 · deleting"),
        new(OtherState, "calm", Hourglass, "This site is not available right now", "Its server cannot answer at the moment.",
            "Please try again in a minute.", "503 · unavailable"),
    ];

    private static readonly IReadOnlyList<SitePage> Others =
    [
        new("index", "", Globe, "Websites live here", "Every site on this server has its own address, such as /your-name/, and a server of its own behind it.",
            "Want one? Create yours in the portal with a few clicks.", "", Button: "Open the portal"),
        new("404", "lost", Search, "There is no site here", "Nobody has published anything at this address.",
            "Check the spelling. The site may also have been removed by its owner.", "404 · not found", Button: "Create your own site"),
        new("413", "warn", Box, "That upload is too large", "A single request can carry up to 1 GB.",
            "Send it in parts, or use SFTP: that has no such limit.", "413 · too large"),
        new("429", "warn", Gauge, "One moment, please", "Many requests came from your address in a very short time.",
            "Wait a few seconds, then try again.", "429 · too many requests"),
        new("502", "warn", Plug, "This site does not answer", "Its server cannot be reached, or its web server is not running.",
            "Please try again in a moment. Is this your site? Have a look at its health in the portal.", "No answer from the site",
            Button: "Open the portal"),
    ];

    /// <summary>What people read when the portal itself cannot answer them.</summary>
    private static readonly IReadOnlyList<SitePage> OfPortal =
    [
        new("413", "warn", Box, "That is too large", "The portal does not take so much in one request.",
            "Files of your site have no such limit: upload them on the Files tab, by the API or by SFTP.", "413 · too large"),
        new("429", "warn", Gauge, "One moment, please", "Many requests came from your address in a very short time.",
            "Wait a few seconds, then try again.", "429 · too many requests"),
        new("502", "calm", Hourglass, "The portal will be back in a moment", "It does not answer right now. The sites are not touched by that.",
            "Stay here: the page comes back on its own.", "502 · no answer from the portal", 5),
    ];

    /// <summary>The portal's own pages, and for scripts the same as problems.</summary>
    public static IReadOnlyDictionary<string, string> RenderForPortal(TemplateRenderer renderer, string template, string portalUrl) =>
        Render(OfPortal, renderer, template, portalUrl).Concat(OfPortal.ToDictionary(p => $"pages/{p.Name}.json", Problem)).ToDictionary();

    public static IReadOnlyDictionary<string, string> Render(TemplateRenderer renderer, string template, string portalUrl) =>
        Render(States.Concat(Others), renderer, template, portalUrl);

    private const string Refreshing = "This page refreshes by itself.";

    private static string Problem(SitePage page) => JsonSerializer.Serialize(new
    {
        type = "about:blank",
        title = page.Title,
        status = int.Parse(page.Name, CultureInfo.InvariantCulture),
        success = false,
        message = $"{page.Text} {page.Advice}",
    });

    private static IReadOnlyDictionary<string, string> Render(
        IEnumerable<SitePage> pages, TemplateRenderer renderer, string template, string portalUrl)
    {
        var all = pages.ToList();
        return all.ToDictionary(p => $"pages/{p.Name}.html", p => Render(p, "en", text => text, renderer, template, portalUrl))
            .Concat(all.ToDictionary(p => $"pages/{p.Name}.ko.html", p => Render(p, "ko", text => SitePagesInKorean.Words[text], renderer, template, portalUrl)))
            .ToDictionary();
    }

    // Every word is ours and every icon markup, so nothing is escaped; the portal's URL comes from validated settings.
    private static string Render(SitePage page, string language, Func<string, string> say, TemplateRenderer renderer, string template, string portalUrl) =>
        renderer.Render(template, new
        {
            Language = language,
            page.Tone,
            page.Icon,
            Title = say(page.Title),
            Text = say(page.Text),
            Advice = say(page.Advice),
            page.Code,
            Refresh = page.Refresh?.ToString() ?? "",
            Refreshing = say(Refreshing),
            Button = page.Button is { } button ? say(button) : "",
            PortalUrl = portalUrl,
        });
}
