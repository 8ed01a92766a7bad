using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using WebHoster.Infrastructure.Announcements;
using WebHoster.Web.Account;

namespace WebHoster.Web.Announcements;

/// <summary>Which announcements this browser's person has put away: in a cookie, so that also a page without a script leaves them out.</summary>
public static class Dismissals
{
    // The prefix that the sites' nginx keeps from guests.
    private const string CookieName = ".WebHoster.Dismissed";

    private static readonly TimeSpan Remembered = TimeSpan.FromDays(365);

    public static IReadOnlySet<Guid> Of(HttpContext? context) => (context?.Request.Cookies[CookieName] ?? "").Split('.')
        .Select(text => Guid.TryParseExact(text, "N", out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty).ToHashSet();

    /// <summary><c>GET /announcements</c>: the bar by itself, for a page that is open.</summary>
    public static void MapAnnouncementBar(this IEndpointRouteBuilder app) =>
        app.MapGet("/announcements", () => new RazorComponentResult<AnnouncementBar>()).AllowAnonymous().ExcludeFromDescription();

    /// <summary><c>POST /announcements/{id}/dismiss</c>. A page of another origin cannot send it: see BrowserSafety.</summary>
    public static void MapDismissals(this IEndpointRouteBuilder app) =>
        app.MapPost("/announcements/{id:guid}/dismiss", (Guid id, HttpContext context, AnnouncementBoard board, [FromForm] string? back) =>
        {
            // Those that are over are forgotten: the cookie stays small.
            var shown = board.Shown.Where(a => a.Dismissible).Select(a => a.Id).ToHashSet();
            var kept = Of(context).Append(id).Distinct().Where(shown.Contains).Select(i => i.ToString("N"));
            context.Response.Cookies.Append(CookieName, string.Join('.', kept), new CookieOptions
            {
                MaxAge = Remembered,
                HttpOnly = true,
                SameSite = SameSiteMode.Lax,
                IsEssential = true,
                Secure = context.Request.IsHttps,
            });
            return Results.LocalRedirect(LocalUrl.OrDefault(back));
        }).DisableAntiforgery().AllowAnonymous().ExcludeFromDescription();
}
