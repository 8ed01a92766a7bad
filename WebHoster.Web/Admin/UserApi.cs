using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text.Json.Serialization;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Data;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;
using WebHoster.Web.Paging;

namespace WebHoster.Web.Admin;

/// <summary>Body of a change of plan.</summary>
public sealed record UserPlanRequest([property: Required] string? Plan);

/// <summary>Body of a new account of somebody else's.</summary>
public sealed record NewPersonRequest([property: Required] string? Email, [property: Required] string? Username);

/// <summary>Body of the end of somebody else's account.</summary>
/// <param name="Confirm">The username.</param>
public sealed record DeletePersonRequest([property: Required] string? Confirm);

/// <summary>A new account, and by what its owner gets in.</summary>
public sealed record NewPerson(AdminUserResource User, string ResetUrl, DateTimeOffset ExpiresAt);

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

    /// <summary>Since when the account is being deleted, its hostings first; null where it stays.</summary>
    public DateTimeOffset? LeavingAt { get; init; }

    [JsonIgnore]
    public bool IsAdmin { get; init; }
}

/// <summary><c>/api/v1/admin/users</c>.</summary>
public static class UserApi
{
    public static void MapUserApi(this IEndpointRouteBuilder admin)
    {
        var people = admin.MapGroup("/users");
        people.MapGet("", (HttpContext context, WebHosterDb db) => UserList.Listing.Ask(UserList.Rows(db), context.Request.Query).AnswerAsync(context, u => u))
            .WithName("listUsers").WithSummary("Everybody, newest first").Pages<AdminUserResource, AdminUserResource>(UserList.Listing);
        people.MapGet("/{id:guid}", async (Guid id, UserList users, CancellationToken ct) => Results.Json(Envelope.Of(await FindAsync(users, id, ct))))
            .WithName("getUser").WithSummary("One person").Produces<Envelope<AdminUserResource>>().ProducesProblem(StatusCodes.Status404NotFound);

        people.MapPost("", AddAsync).RequireSignIn().WithName("addUser").WithSummary("Make an account for somebody")
            .WithDescription("Also while registration is closed. It has no password: whoever opens the link sets one.")
            .Produces<Envelope<NewPerson>>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);

        people.MapPost("/{id:guid}/disable", DisableAsync).WithName("disableUser").WithSummary("Keep a person out, at once")
            .WithDescription("Their hostings go on, unless stop_hostings=true: then their machines are stopped as well, and nobody but an administrator starts them.")
            .Takes(new QueryParameter("stop_hostings", "Whether to stop their machines as well.", [], typeof(bool)))
            .Produces<Envelope<AdminUserResource>>().ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        MapChange(people, "enable", "Let a person in again", "They may sign in again.", UserChangeKind.Enable);
        // By these, a token could make itself a way in that outlives it.
        MapChange(people, "promote", "Make a person an administrator", "They are an administrator.", UserChangeKind.Promote).RequireSignIn();
        MapChange(people, "demote", "Make an administrator a customer", "They are no administrator any more.", UserChangeKind.Demote);
        MapChange(people, "confirm-email", "Vouch for a person's email address", "Their address counts as confirmed.", UserChangeKind.ConfirmEmail);
        MapChange(
            people, "forget-second-factor", "Forget a person's authenticator app, recovery codes and passkeys", "Their password opens their account again.",
            UserChangeKind.ForgetSecondFactor).RequireSignIn();
        MapChange(people, "sign-out", "Sign a person out everywhere; API tokens live on", "Their sessions and access tokens have ended.", UserChangeKind.SignOut);
        people.MapPost("/{id:guid}/delete", DeleteAsync).RequireSignIn().WithName("deleteUser").WithSummary("Delete an account, and its hostings first")
            .WithDescription("They are out at once; the account goes when the last of its hostings is gone.")
            .Produces<Envelope<AdminUserResource>>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
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

    private static RouteHandlerBuilder MapChange(IEndpointRouteBuilder people, string verb, string summary, string done, UserChangeKind kind) =>
        people.MapPost($"/{{id:guid}}/{verb}", async (Guid id, HttpContext context, UserChanges changes, UserList users, CancellationToken ct) =>
            {
                await changes.ApplyAsync(context.User.UserId(), id, new UserChange(kind), context.From(), ct);
                return Results.Json(Envelope.Of(await FindAsync(users, id, ct), done));
            })
            .WithName(verb.Contains('-') ? $"{Camel(verb)}OfUser" : $"{verb}User").WithSummary(summary).Produces<Envelope<AdminUserResource>>()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static string Camel(string verb) => string.Concat(verb.Split('-').Select((w, i) => i == 0 ? w : char.ToUpperInvariant(w[0]) + w[1..]));

    private static async Task<IResult> DisableAsync(
        Guid id, HttpContext context, UserChanges changes, UserList users, CancellationToken ct)
    {
        var stops = context.Request.Query.TryGetValue("stop_hostings", out var text) && FilterValue.Parse<bool>("stop_hostings", text.ToString());
        var stopped = await changes.ApplyAsync(context.User.UserId(), id, new UserChange(UserChangeKind.Disable, StopsHostings: stops), context.From(), ct);
        var message = "Their sign-in, tokens and sessions have ended.";
        if (stopped is { } outcome)
            message += $" Machines that stop: {outcome.Accepted}; busy, so that they go on: {outcome.Refusals.Count}.";
        return Results.Json(Envelope.Of(await FindAsync(users, id, ct), message));
    }

    private static async Task<IResult> AddAsync(
        NewPersonRequest request, HttpContext context, Accounts accounts, AccountLinks links, UserList users, CancellationToken ct)
    {
        var actor = context.User.UserId();
        var user = await accounts.AddAsync(actor, request.Email, request.Username, context.From(), ct);
        var link = await links.MakeResetAsync(actor, user.Id, context.From(), ct);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(Envelope.Of(
            new NewPerson(await FindAsync(users, user.Id, ct), link.ResetUrl, link.ExpiresAt), "Whoever opens the link sets this person's password, once. It is shown this once."),
            statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> DeleteAsync(
        Guid id, DeletePersonRequest request, HttpContext context, UserChanges changes, UserList users, CancellationToken ct)
    {
        var user = await FindAsync(users, id, ct);
        if (request.Confirm != user.Username)
            throw new InvalidInputException("confirm", "This is not the person's username.");
        await changes.ApplyAsync(context.User.UserId(), id, new UserChange(UserChangeKind.Delete), context.From(), ct);
        // Without hostings it is gone already.
        return Results.Json(
            Envelope.Of(await users.FindAsync(id, ct) ?? user, "They are out. The account goes when the last of its hostings is gone."), statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<AdminUserResource> FindAsync(UserList users, Guid id, CancellationToken ct) =>
        await users.FindAsync(id, ct) ?? throw new NotFoundException("There is no such user.");
}
