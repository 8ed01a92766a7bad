using Microsoft.AspNetCore.Mvc;

namespace WebHoster.Web.Account;

/// <summary><c>POST /logout</c>, with the antiforgery token of the form in the header.</summary>
public static class SignOut
{
    public static void MapSignOut(this IEndpointRouteBuilder app) =>
        // The form parameter is what makes the framework check the antiforgery token.
        app.MapPost("/logout", async (HttpContext context, PageSignIn signIn, [FromForm(Name = "leave")] string? _) =>
        {
            await signIn.SignOutAsync(context);
            return Results.LocalRedirect("/");
        }).ExcludeFromDescription();
}
