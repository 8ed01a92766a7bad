using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using WebHoster.Infrastructure.Acting;
using WebHoster.Web.Account;

namespace WebHoster.Web.Acting;

/// <summary>Acting for customers: its cookie, its guard, and <c>POST /acting/end</c>, the button of the banner.</summary>
public static class ActingEndpoints
{
    public static void AddActing(this IServiceCollection services)
    {
        services.AddHostedService<ActingKeeper>();
        // Identity makes the principal anew from time to time, and knows nothing of this claim.
        services.Configure<SecurityStampValidatorOptions>(stamps =>
        {
            var others = stamps.OnRefreshingPrincipal;
            stamps.OnRefreshingPrincipal = async context =>
            {
                if (others is not null)
                    await others(context);
                if (context.CurrentPrincipal?.FindActingId() is { } acting)
                    context.NewPrincipal = context.NewPrincipal?.WithActing(acting);
            };
        });
        services.ConfigureApplicationCookie(cookie =>
        {
            var others = cookie.Events.OnValidatePrincipal;
            cookie.Events.OnValidatePrincipal = async context =>
            {
                await others(context);
                await ActingCookie.ValidateAsync(context);
            };
        });
    }

    public static void UseActing(this IApplicationBuilder app) => app.UseMiddleware<ActingGuard>();

    public static void MapActing(this IEndpointRouteBuilder app) =>
        // The form parameter is what makes the framework check the antiforgery token.
        app.MapPost("/acting/end", async (HttpContext context, ActingSessions sessions, [FromForm(Name = "leave")] string? _) =>
        {
            if (context.User.FindActingId() is not { } id)
                return Results.LocalRedirect("/admin/users");
            var customer = await sessions.EndAsync(id, context.User.UserId(), context.From(), context.RequestAborted);
            await ChangeAsync(context, null);
            // Where an open page of the same window leads as well (LivePage), which may be quicker.
            return Results.LocalRedirect($"/admin/users/{customer}".TrimEnd('/'));
        }).RequireAuthorization().ExcludeFromDescription();

    /// <summary>The same cookie, for the same person and time, with another acting session or none.</summary>
    public static async Task ChangeAsync(HttpContext context, Guid? session)
    {
        var cookie = await context.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        await context.SignInAsync(IdentityConstants.ApplicationScheme, cookie.Principal!.WithActing(session), cookie.Properties);
    }
}
