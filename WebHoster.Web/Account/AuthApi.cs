using System.ComponentModel.DataAnnotations;
using System.Net.Mime;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Mail;
using WebHoster.Web.Errors;
using WebHoster.Web.Start;

namespace WebHoster.Web.Account;

/// <summary>Body of a registration.</summary>
/// <param name="Username">Becomes the name in the site's address; never changes.</param>
/// <param name="Password">10-128 characters.</param>
public sealed record RegisterRequest([property: Required] string? Email, [property: Required] string? Username, [property: Required] string? Password);

/// <summary>Body of a sign-in: either <c>email</c> or <c>username</c>.</summary>
/// <param name="Otp">The authenticator app's code, or a recovery code, where the account has an app.</param>
public sealed record LoginRequest(string? Email, string? Username, [property: Required] string? Password, string? Otp);

/// <summary>OAuth2's password form; <c>username</c> takes an email too.</summary>
public sealed record PasswordGrantRequest(string? GrantType, [property: Required] string? Username, [property: Required] string? Password, string? Otp);

/// <summary>A person, as they see themselves.</summary>
public sealed record UserResource(Guid Id, string Email, string Username, IReadOnlyList<string> Roles, DateTimeOffset CreatedAt);

/// <summary><c>/api/v1/auth</c>: registration and access tokens.</summary>
public static class AuthApi
{
    private const string Form = MediaTypeNames.Application.FormUrlEncoded;

    public static void MapAuthApi(this IEndpointRouteBuilder api)
    {
        var auth = api.MapGroup("/auth").WithTags("auth");
        var open = auth.MapGroup("").AllowAnonymous().RequireRateLimiting(RateLimits.Auth).ProducesProblem(StatusCodes.Status429TooManyRequests);

        open.MapPost("/register", RegisterAsync).WithName("register").WithSummary("Make an account")
            .WithDescription("Answers 403 while the people who run this host have closed registration.")
            .Produces<Envelope<UserResource>>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        open.MapPost("/login", LoginAsync).WithName("login").WithSummary("Sign in with JSON or a form")
            .Accepts<LoginRequest>(MediaTypeNames.Application.Json, Form)
            .Produces<AccessToken>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized);
        open.MapPost("/token", TokenAsync).WithName("token").WithSummary("Sign in with OAuth2's password form")
            .Accepts<PasswordGrantRequest>(Form)
            .Produces<AccessToken>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized);
        auth.MapGet("/me", MeAsync).WithName("me").WithSummary("Who the token belongs to")
            .Produces<Envelope<UserResource>>().ProducesProblem(StatusCodes.Status401Unauthorized);
    }

    private static async Task<IResult> RegisterAsync(
        RegisterRequest request, Accounts accounts, AccountLinks links, Mailer mailer, UserManager<User> users, HttpContext context, CancellationToken ct)
    {
        var user = await accounts.RegisterAsync(request.Email, request.Username, request.Password, context.From(), ct);
        links.SendConfirmation(user);
        return Results.Json(
            Envelope.Of(await ResourceAsync(users, user), mailer.IsConfigured
                ? "Your account is ready. Open the link in the letter that we sent you, then sign in."
                : "Your account is ready. Sign in to create your hosting."),
            statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> LoginAsync(HttpContext context, Accounts accounts, AccessTokens tokens, CancellationToken ct)
    {
        var request = context.Request.HasFormContentType
            ? await ReadFormAsync(context, ct)
            : await ReadJsonAsync(context, ct);
        return await SignInAsync(request, context, accounts, tokens, ct);
    }

    private static async Task<IResult> TokenAsync(HttpContext context, Accounts accounts, AccessTokens tokens, CancellationToken ct) =>
        await SignInAsync(await ReadFormAsync(context, ct), context, accounts, tokens, ct);

    private static async Task<IResult> SignInAsync(
        LoginRequest request, HttpContext context, Accounts accounts, AccessTokens tokens, CancellationToken ct)
    {
        var name = string.IsNullOrEmpty(request.Email) ? request.Username : request.Email;
        if (string.IsNullOrEmpty(name))
            throw new InvalidInputException("username", "Give an email or a username.");
        if (string.IsNullOrEmpty(request.Password))
            throw new InvalidInputException("password", "A password is needed.");
        var user = await accounts.SignInAsync(name, request.Password, request.Otp, context.From(), ct);
        context.Response.Headers.CacheControl = "no-store";
        if (user is not null)
            return Results.Json(tokens.Issue(user), ApiJson.Options);
        context.Response.Headers.WWWAuthenticate = "Bearer";
        await Problem.WriteAsync(context, StatusCodes.Status401Unauthorized, Accounts.RefusedByApi);
        return Results.Empty;
    }

    private static async Task<IResult> MeAsync(HttpContext context, UserManager<User> users)
    {
        var user = await users.FindByIdAsync(context.User.UserId().ToString()) ?? throw new NotFoundException("There is no such user.");
        return Results.Json(Envelope.Of(await ResourceAsync(users, user)));
    }

    // A request without a body may leave its type out, and comes by the framework's own check.
    private static void Require(bool type)
    {
        if (!type)
            throw new BadHttpRequestException("There is no body of a known type.", StatusCodes.Status415UnsupportedMediaType);
    }

    private static async Task<LoginRequest> ReadJsonAsync(HttpContext context, CancellationToken ct)
    {
        Require(context.Request.HasJsonContentType());
        try
        {
            return await context.Request.ReadFromJsonAsync<LoginRequest>(ApiJson.Options, ct) ?? new LoginRequest(null, null, null, null);
        }
        catch (JsonException e)
        {
            throw new BadHttpRequestException("The body is not valid JSON.", e);
        }
    }

    private static async Task<LoginRequest> ReadFormAsync(HttpContext context, CancellationToken ct)
    {
        Require(context.Request.HasFormContentType);
        try
        {
            var form = await context.Request.ReadFormAsync(ct);
            if (form["grant_type"].FirstOrDefault() is { Length: > 0 } grant and not "password")
                throw new InvalidInputException("grant_type", $"The grant type is “password”, not “{grant[..Math.Min(grant.Length, 40)]}”.");
            return new LoginRequest(
                form["email"].FirstOrDefault(), form["username"].FirstOrDefault(), form["password"].FirstOrDefault(), form["otp"].FirstOrDefault());
        }
        // Too many fields.
        catch (InvalidDataException e)
        {
            throw new BadHttpRequestException("The form cannot be read.", e);
        }
    }

    private static async Task<UserResource> ResourceAsync(UserManager<User> users, User user) =>
        new(user.Id, user.Email!, user.UserName!, [.. await users.GetRolesAsync(user)], user.CreatedAt);
}
