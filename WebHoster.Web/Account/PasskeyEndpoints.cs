using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;
using WebHoster.Web.Start;

namespace WebHoster.Web.Account;

/// <summary>What passkeys.js asks for before the browser makes or shows a passkey. Pages only: the antiforgery token comes as a form field.</summary>
public static class PasskeyEndpoints
{
    public static void MapPasskeys(this IEndpointRouteBuilder app)
    {
        var passkeys = app.MapGroup("/account/passkeys").RequireRateLimiting(RateLimits.Auth).ExcludeFromDescription();
        passkeys.MapPost("/offer", OfferAsync).RequireAuthorization();
        passkeys.MapPost("/challenge", async (SignInManager<User> signIn, [FromForm(Name = "for")] string? _) =>
            Results.Text(await signIn.MakePasskeyRequestOptionsAsync(null), "application/json")).AllowAnonymous();
    }

    private static async Task<IResult> OfferAsync(HttpContext context, Passkeys passkeys, UserManager<User> users, [FromForm(Name = "for")] string? _)
    {
        var user = await users.FindByIdAsync(context.User.UserId().ToString()) ?? throw new NotFoundException("There is no such user.");
        try
        {
            return Results.Text(await passkeys.OfferAsync(user), "application/json");
        }
        catch (ConflictException e)
        {
            return Results.Text(e.Message, statusCode: StatusCodes.Status409Conflict);
        }
    }
}
