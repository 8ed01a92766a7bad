using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Accounts;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Data;
using WebHoster.Web.Errors;
using WebHoster.Web.Paging;

namespace WebHoster.Web.Account;

/// <summary>Body of a new token. At most one of the two expiries; neither for a token that does not expire.</summary>
/// <param name="Scopes">Of <c>read</c>, <c>hosting</c> and <c>admin</c>.</param>
public sealed record CreateTokenRequest([property: Required] string? Name, [property: Required] IReadOnlyList<string?>? Scopes, DateTimeOffset? ExpiresAt, int? ExpiresInDays);

/// <summary>An API token, as the API shows it.</summary>
/// <param name="Hint">The token's first characters.</param>
/// <param name="LastUsedAt">To the minute; null where it never was.</param>
public record TokenResource(
    Guid Id, string Name, IReadOnlyList<TokenScope> Scopes, string Hint, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt)
{
    public static TokenResource Of(ApiToken token) =>
        new(token.Id, token.Name, token.Scopes, token.Hint, token.CreatedAt, token.ExpiresAt, token.LastUsedAt);
}

/// <summary>A token just made: this answer alone carries it.</summary>
public sealed record NewTokenResource : TokenResource
{
    public NewTokenResource(TokenResource made, string token) : base(made) => Token = token;

    public string Token { get; }
}

/// <summary><c>/api/v1/tokens</c>: tokens for scripts. Only for who has signed in.</summary>
public static class TokenApi
{
    private const string Path = "/tokens";

    // Everybody's fit on one page.
    private static readonly Collection<ApiToken> Listing = new Collection<ApiToken>("-created_at", Collection<ApiToken>.MaxLimit)
        .Sort("created_at", t => t.CreatedAt, t => t.Id)
        .Sort("name", t => t.Name, t => t.Id);

    private const int MaxDays = ApiTokens.MaxYears * 365;

    public static void MapTokenApi(this IEndpointRouteBuilder api)
    {
        var tokens = api.MapGroup(Path).WithTags("tokens").RequireSignIn().ProducesProblem(StatusCodes.Status401Unauthorized);
        tokens.MapGet("", ListAsync).WithName("listTokens").WithSummary("Your API tokens, newest first")
            .Pages<ApiToken, TokenResource>(Listing);
        tokens.MapPost("", CreateAsync).WithName("createToken").WithSummary("Make an API token")
            .Produces<Envelope<NewTokenResource>>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        tokens.MapGet("/{id:guid}", GetAsync).WithName("getToken").WithSummary("One API token")
            .Produces<Envelope<TokenResource>>().ProducesProblem(StatusCodes.Status404NotFound);
        tokens.MapDelete("/{id:guid}", DeleteAsync).WithName("deleteToken").WithSummary("End an API token at once")
            .Produces<Envelope<TokenResource>>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static Task<IResult> ListAsync(HttpContext context, WebHosterDb db)
    {
        var owner = context.User.UserId();
        return Listing.Ask(db.ApiTokens.AsNoTracking().Where(t => t.OwnerId == owner), context.Request.Query).AnswerAsync(context, TokenResource.Of);
    }

    private static async Task<IResult> CreateAsync(
        CreateTokenRequest request, HttpContext context, ApiTokens tokens, TimeProvider clock, CancellationToken ct)
    {
        var (token, text) = await tokens.CreateAsync(
            context.User.UserId(), request.Name, request.Scopes, ExpiryOf(request, clock.GetUtcNow()), context.From(), ct);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Location = $"/api/v1{Path}/{token.Id}";
        return Results.Json(
            Envelope.Of(new NewTokenResource(TokenResource.Of(token), text), "Keep this token now: it is not shown again."),
            statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> GetAsync(Guid id, HttpContext context, ApiTokens tokens, CancellationToken ct) =>
        Results.Json(Envelope.Of(TokenResource.Of(await tokens.GetAsync(context.User.UserId(), id, ct))));

    private static async Task<IResult> DeleteAsync(Guid id, HttpContext context, ApiTokens tokens, CancellationToken ct) =>
        Results.Json(Envelope.Of(
            TokenResource.Of(await tokens.DeleteAsync(context.User.UserId(), id, context.From(), ct)), "The token is deleted and opens nothing any more."));

    private static DateTimeOffset? ExpiryOf(CreateTokenRequest request, DateTimeOffset now) => request switch
    {
        { ExpiresAt: not null, ExpiresInDays: not null } =>
            throw new InvalidInputException("expires_in_days", "Give expires_at or expires_in_days, not both."),
        { ExpiresInDays: < 1 or > MaxDays } => throw new InvalidInputException("expires_in_days", $"A token expires within 1 to {MaxDays} days."),
        { ExpiresInDays: { } days } => now.AddDays(days),
        _ => request.ExpiresAt,
    };
}
