using Microsoft.AspNetCore.Mvc;
using WebHoster.Infrastructure.Acting;
using WebHoster.Infrastructure.Data;
using WebHoster.Web.Acting;

namespace WebHoster.Web.Account;

/// <summary><c>POST /logout</c>, with the antiforgery token of the form in the header.</summary>
public static class SignOut
{
    public static void MapSignOut(this IEndpointRouteBuilder app) =>
        // The form parameter is what makes the framework check the antiforgery token.
        app.MapPost("/logout", async (HttpContext context, PageSignIn signIn, ActingSessions acting, [FromForm(Name = "leave")] string? _) =>
        {
            if (context.User.FindActingId() is { } id)
                await acting.EndAsync(id, context.User.UserId(), context.From(), context.RequestAborted);
            await signIn.SignOutAsync(context);
            return Results.LocalRedirect("/");
        }).ExcludeFromDescription();
}
