using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using WebHoster.Core.Accounts;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Web.Account;

/// <summary>Signs people in and out on pages: a cookie and its session's row.</summary>
public sealed class PageSignIn(SignInManager<User> signIn, Sessions sessions)
{
    public async Task SignInAsync(HttpContext context, User user, SignInMethod method, bool remember)
    {
        var session = await sessions.StartAsync(user, method, context.Request.Headers.UserAgent, context.From(), context.RequestAborted);
        await SetCookieAsync(user, session.Id, remember);
    }

    /// <summary>The same session under the person's new stamp.</summary>
    public async Task RenewAsync(HttpContext context, User user)
    {
        var ticket = await context.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        if (context.User.FindSessionId() is { } session)
            await SetCookieAsync(user, session, ticket.Properties?.IsPersistent == true);
    }

    public async Task SignOutAsync(HttpContext context)
    {
        if (context.User.FindUserId() is { } user && context.User.FindSessionId() is { } session)
        {
            try
            {
                await sessions.EndAsync(user, session, "account.sign_out", context.From(), context.RequestAborted);
            }
            catch (NotFoundException)
            {
                // Ended from elsewhere.
            }
        }
        await ForgetAsync();
    }

    /// <summary>Takes the cookie away, where the session has ended already.</summary>
    public Task ForgetAsync() => signIn.SignOutAsync();

    private Task SetCookieAsync(User user, Guid session, bool remember) =>
        signIn.SignInWithClaimsAsync(user, remember, [new Claim(Identities.SessionClaim, session.ToString())]);
}
