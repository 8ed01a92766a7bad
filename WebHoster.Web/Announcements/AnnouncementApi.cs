using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Accounts;
using WebHoster.Core.Announcements;
using WebHoster.Infrastructure.Announcements;
using WebHoster.Infrastructure.Data;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;
using WebHoster.Web.Paging;

namespace WebHoster.Web.Announcements;

/// <summary>Body of an announcement. One of the two texts may be left out: then everybody reads the other.</summary>
/// <param name="Level">What is left out is “info”.</param>
/// <param name="StartsAt">What is left out is now.</param>
/// <param name="EndsAt">Left out, it stays until somebody takes it down.</param>
/// <param name="Dismissible">Whether a reader can put it away; left out, they can.</param>
public sealed record AnnouncementRequest(
    string? TextEn, string? TextKo, AnnouncementLevel? Level, DateTimeOffset? StartsAt, DateTimeOffset? EndsAt, bool? Dismissible)
{
    public AnnouncementDraft ToDraft() => new(TextEn, TextKo, Level ?? AnnouncementLevel.Info, StartsAt, EndsAt, Dismissible ?? true);
}

/// <summary>An announcement, as the API shows it.</summary>
public sealed record AnnouncementResource(
    Guid Id, AnnouncementLevel Level, string? TextEn, string? TextKo, DateTimeOffset StartsAt, DateTimeOffset? EndsAt, bool Dismissible)
{
    public static AnnouncementResource Of(Announcement a) => new(a.Id, a.Level, a.TextEn, a.TextKo, a.StartsAt, a.EndsAt, a.Dismissible);
}

/// <summary><c>/api/v1/announcements</c>: what everybody is told now. <c>/api/v1/admin/announcements</c>: all there are.</summary>
public static class AnnouncementApi
{
    private static readonly Collection<Announcement> Listing = new Collection<Announcement>("-starts_at", Collection<Announcement>.MaxLimit)
        .Sort("starts_at", a => a.StartsAt, a => a.Id);

    public static void MapAnnouncementApi(this IEndpointRouteBuilder api)
    {
        api.MapGet("/announcements", (AnnouncementBoard board) => Results.Json(Envelope.Of(board.Shown.Select(AnnouncementResource.Of))))
            .WithName("announcements").WithSummary("What the people who run this host tell everybody now").WithTags("announcements")
            .AllowAnonymous().Produces<Envelope<IReadOnlyList<AnnouncementResource>>>();

        var all = api.MapGroup("/admin/announcements").WithTags("admin").RequireScope(TokenScope.Admin).ProducesProblem(StatusCodes.Status401Unauthorized);
        all.MapGet("", (HttpContext context, WebHosterDb db) =>
                Listing.Ask(db.Announcements.AsNoTracking(), context.Request.Query).AnswerAsync(context, AnnouncementResource.Of))
            .WithName("listAnnouncements").WithSummary("All announcements, also those to come and those that are over").Pages<Announcement, AnnouncementResource>(Listing);
        all.MapPost("", AddAsync).WithName("addAnnouncement").WithSummary("Tell everybody something")
            .Produces<Envelope<AnnouncementResource>>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        all.MapPut("/{id:guid}", ChangeAsync).WithName("changeAnnouncement").WithSummary("Change an announcement")
            .Produces<Envelope<AnnouncementResource>>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        all.MapDelete("/{id:guid}", RemoveAsync).WithName("deleteAnnouncement").WithSummary("Take an announcement down")
            .Produces<Envelope<AnnouncementResource>>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> AddAsync(AnnouncementRequest request, HttpContext context, AnnouncementBoard board, CancellationToken ct)
    {
        var made = await board.AddAsync(context.User.UserId(), request.ToDraft(), context.From(), ct);
        return Results.Json(Envelope.Of(AnnouncementResource.Of(made), "It is on every page while its time lasts."), statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> ChangeAsync(Guid id, AnnouncementRequest request, HttpContext context, AnnouncementBoard board, CancellationToken ct) =>
        Results.Json(Envelope.Of(AnnouncementResource.Of(await board.ChangeAsync(context.User.UserId(), id, request.ToDraft(), context.From(), ct))));

    private static async Task<IResult> RemoveAsync(Guid id, HttpContext context, AnnouncementBoard board, CancellationToken ct) =>
        Results.Json(Envelope.Of(AnnouncementResource.Of(await board.RemoveAsync(context.User.UserId(), id, context.From(), ct)), "It is taken down."));
}
