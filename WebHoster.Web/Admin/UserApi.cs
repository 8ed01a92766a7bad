using System.Net;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Data;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;
using WebHoster.Web.Paging;

namespace WebHoster.Web.Admin;

/// <summary>Body of a change of plan.</summary>
public sealed record UserPlanRequest(string? Plan);

/// <summary>A person, as administrators see them.</summary>
public sealed record AdminUserResource
{
    public Guid Id { get; init; }

    public string Email { get; init; } = "";

    public string Username { get; init; } = "";

    public bool EmailConfirmed { get; init; }

    /// <summary>Whether a code of an authenticator app is asked for.</summary>
    public bool HasAuthenticatorApp { get; init; }

    public IReadOnlyList<string> Roles => IsAdmin ? [Infrastructure.Data.Roles.Admin] : [];

    public string Plan { get; init; } = "";

    /// <summary>How many they have.</summary>
    public int Hostings { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when they are kept out; null where nobody does.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    [JsonIgnore]
    public bool IsAdmin { get; init; }
}

/// <summary><c>/api/v1/admin/users</c>.</summary>
public static class UserApi
{
    /// <summary>What the list can be sorted and filtered by.</summary>
    public static readonly Collection<AdminUserResource> Listing = new Collection<AdminUserResource>("-created_at")
        .Sort("created_at", u => u.CreatedAt, u => u.Id)
        .Sort("username", u => u.Username, u => u.Id)
        .Filter("username", (string name) => u => u.Username == name)
        .Filter("email", (string email) => u => u.Email == email)
        .Filter("plan", (string plan) => u => u.Plan == plan)
        .Filter("admin", (bool admin) => u => u.IsAdmin == admin)
        .Filter("disabled", (bool disabled) => u => u.DisabledAt != null == disabled);

    private delegate Task Change(Guid actor, Guid id, IPAddress? from, CancellationToken ct);

    public static void MapUserApi(this IEndpointRouteBuilder admin)
    {
        var users = admin.MapGroup("/users");
        users.MapGet("", (HttpContext context, WebHosterDb db) => Listing.Ask(Rows(db), context.Request.Query).AnswerAsync(context, u => u))
            .WithName("listUsers").WithSummary("Everybody, newest first").Pages<AdminUserResource, AdminUserResource>(Listing);
        users.MapGet("/{id:guid}", async (Guid id, WebHosterDb db, CancellationToken ct) => Results.Json(Envelope.Of(await FindAsync(db, id, ct))))
            .WithName("getUser").WithSummary("One person").Produces<Envelope<AdminUserResource>>().ProducesProblem(StatusCodes.Status404NotFound);

        MapChange(users, "disable", "Keep a person out, at once", "Their sign-in, tokens and sessions have ended.", a => a.DisableAsync);
        MapChange(users, "enable", "Let a person in again", "They may sign in again.", a => a.EnableAsync);
        MapChange(users, "promote", "Make a person an administrator", "They are an administrator.", a => a.PromoteAsync);
        MapChange(users, "demote", "Make an administrator a customer", "They are no administrator any more.", a => a.DemoteAsync);
        MapChange(users, "confirm-email", "Vouch for a person's email address", "Their address counts as confirmed.", a => a.ConfirmEmailAsync);
        MapChange(
            users, "forget-second-factor", "Forget a person's authenticator app, recovery codes and passkeys", "Their password opens their account again.",
            a => a.ForgetSecondFactorAsync);
        users.MapPost("/{id:guid}/reset-link", async (Guid id, HttpContext context, AccountLinks links, CancellationToken ct) =>
            {
                var link = await links.MakeResetAsync(context.User.UserId(), id, context.From(), ct);
                context.Response.Headers.CacheControl = "no-store";
                return Results.Json(Envelope.Of(link, "Whoever opens it sets this person's password, once. It is shown this once."));
            })
            .WithName("makeResetLink").WithSummary("A link by which a person sets a new password, where no mail is sent").Produces<Envelope<ResetLink>>()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        users.MapPut("/{id:guid}/plan", async (
                Guid id, UserPlanRequest request, HttpContext context, UserAdministration people, WebHosterDb db, CancellationToken ct) =>
            {
                await people.SetPlanAsync(context.User.UserId(), id, request.Plan, context.From(), ct);
                return Results.Json(Envelope.Of(await FindAsync(db, id, ct), "The plan holds for hostings made from now on."));
            })
            .WithName("setUserPlan").WithSummary("Give a person another plan").Produces<Envelope<AdminUserResource>>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static void MapChange(IEndpointRouteBuilder users, string verb, string summary, string done, Func<UserAdministration, Change> change) =>
        users.MapPost($"/{{id:guid}}/{verb}", async (Guid id, HttpContext context, UserAdministration people, WebHosterDb db, CancellationToken ct) =>
            {
                await change(people)(context.User.UserId(), id, context.From(), ct);
                return Results.Json(Envelope.Of(await FindAsync(db, id, ct), done));
            })
            .WithName(verb.Contains('-') ? $"{Camel(verb)}OfUser" : $"{verb}User").WithSummary(summary).Produces<Envelope<AdminUserResource>>()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static string Camel(string verb) => string.Concat(verb.Split('-').Select((w, i) => i == 0 ? w : char.ToUpperInvariant(w[0]) + w[1..]));

    private static async Task<AdminUserResource> FindAsync(WebHosterDb db, Guid id, CancellationToken ct) =>
        await Rows(db).SingleOrDefaultAsync(u => u.Id == id, ct) ?? throw new NotFoundException("There is no such user.");

    private static IQueryable<AdminUserResource> Rows(WebHosterDb db) => db.Users.AsNoTracking().Select(u => new AdminUserResource
    {
        Id = u.Id,
        Email = u.Email!,
        Username = u.UserName!,
        EmailConfirmed = u.EmailConfirmed,
        HasAuthenticatorApp = u.TotpSecret != null,
        Plan = u.PlanName,
        Hostings = db.Hostings.Count(h => h.OwnerId == u.Id),
        CreatedAt = u.CreatedAt,
        DisabledAt = u.DisabledAt,
        IsAdmin = db.Admins.Any(a => a.UserId == u.Id),
    });
}
