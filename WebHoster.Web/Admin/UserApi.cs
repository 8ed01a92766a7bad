using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text.Json.Serialization;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;
using WebHoster.Web.Paging;

namespace WebHoster.Web.Admin;

/// <summary>Body of a change of plan.</summary>
public sealed record UserPlanRequest([property: Required] string? Plan);

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

    /// <summary>By password; null where they never have.</summary>
    public DateTimeOffset? LastSignInAt { get; init; }

    /// <summary>Since when they are kept out; null where nobody does.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    [JsonIgnore]
    public bool IsAdmin { get; init; }
}

/// <summary><c>/api/v1/admin/users</c>.</summary>
public static class UserApi
{
    private delegate Task Change(Guid actor, Guid id, IPAddress? from, CancellationToken ct);

    public static void MapUserApi(this IEndpointRouteBuilder admin)
    {
        var people = admin.MapGroup("/users");
        people.MapGet("", (HttpContext context, WebHosterDb db) => UserList.Listing.Ask(UserList.Rows(db), context.Request.Query).AnswerAsync(context, u => u))
            .WithName("listUsers").WithSummary("Everybody, newest first").Pages<AdminUserResource, AdminUserResource>(UserList.Listing);
        people.MapGet("/{id:guid}", async (Guid id, UserList users, CancellationToken ct) => Results.Json(Envelope.Of(await FindAsync(users, id, ct))))
            .WithName("getUser").WithSummary("One person").Produces<Envelope<AdminUserResource>>().ProducesProblem(StatusCodes.Status404NotFound);

        people.MapPost("/{id:guid}/disable", DisableAsync).WithName("disableUser").WithSummary("Keep a person out, at once")
            .WithDescription("Their hostings go on, unless stop_hostings=true: then their machines are stopped as well, and nobody but an administrator starts them.")
            .Takes(new QueryParameter("stop_hostings", "Whether to stop their machines as well.", [], typeof(bool)))
            .Produces<Envelope<AdminUserResource>>().ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        MapChange(people, "enable", "Let a person in again", "They may sign in again.", a => a.EnableAsync);
        // By these, a token could make itself a way in that outlives it.
        MapChange(people, "promote", "Make a person an administrator", "They are an administrator.", a => a.PromoteAsync).RequireSignIn();
        MapChange(people, "demote", "Make an administrator a customer", "They are no administrator any more.", a => a.DemoteAsync);
        MapChange(people, "confirm-email", "Vouch for a person's email address", "Their address counts as confirmed.", a => a.ConfirmEmailAsync);
        MapChange(
            people, "forget-second-factor", "Forget a person's authenticator app, recovery codes and passkeys", "Their password opens their account again.",
            a => a.ForgetSecondFactorAsync).RequireSignIn();
        people.MapPost("/{id:guid}/reset-link", async (Guid id, HttpContext context, AccountLinks links, CancellationToken ct) =>
            {
                var link = await links.MakeResetAsync(context.User.UserId(), id, context.From(), ct);
                context.Response.Headers.CacheControl = "no-store";
                return Results.Json(Envelope.Of(link, "Whoever opens it sets this person's password, once. It is shown this once."));
            })
            .RequireSignIn().WithName("makeResetLink").WithSummary("A link by which a person sets a new password, where no mail is sent").Produces<Envelope<ResetLink>>()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        people.MapPut("/{id:guid}/plan", async (
                Guid id, UserPlanRequest request, HttpContext context, UserAdministration administration, UserList users, CancellationToken ct) =>
            {
                await administration.SetPlanAsync(context.User.UserId(), id, request.Plan, context.From(), ct);
                return Results.Json(Envelope.Of(await FindAsync(users, id, ct), "The plan holds for hostings made from now on."));
            })
            .WithName("setUserPlan").WithSummary("Give a person another plan").Produces<Envelope<AdminUserResource>>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static RouteHandlerBuilder MapChange(IEndpointRouteBuilder people, string verb, string summary, string done, Func<UserAdministration, Change> change) =>
        people.MapPost($"/{{id:guid}}/{verb}", async (Guid id, HttpContext context, UserAdministration administration, UserList users, CancellationToken ct) =>
            {
                await change(administration)(context.User.UserId(), id, context.From(), ct);
                return Results.Json(Envelope.Of(await FindAsync(users, id, ct), done));
            })
            .WithName(verb.Contains('-') ? $"{Camel(verb)}OfUser" : $"{verb}User").WithSummary(summary).Produces<Envelope<AdminUserResource>>()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static string Camel(string verb) => string.Concat(verb.Split('-').Select((w, i) => i == 0 ? w : char.ToUpperInvariant(w[0]) + w[1..]));

    private static async Task<IResult> DisableAsync(
        Guid id, HttpContext context, UserAdministration administration, HostingInterventions interventions, UserList users, CancellationToken ct)
    {
        var stops = context.Request.Query.TryGetValue("stop_hostings", out var text) && FilterValue.Parse<bool>("stop_hostings", text.ToString());
        var actor = context.User.UserId();
        await administration.DisableAsync(actor, id, context.From(), ct);
        var message = "Their sign-in, tokens and sessions have ended.";
        if (stops)
        {
            var outcome = await interventions.StopAllOfAsync(actor, id, context.From(), ct);
            message += $" Machines that stop: {outcome.Accepted}; busy, so that they go on: {outcome.Refusals.Count}.";
        }
        return Results.Json(Envelope.Of(await FindAsync(users, id, ct), message));
    }

    private static async Task<AdminUserResource> FindAsync(UserList users, Guid id, CancellationToken ct) =>
        await users.FindAsync(id, ct) ?? throw new NotFoundException("There is no such user.");
}
