using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Web.Account;

/// <summary>Remembers, in a cookie of its own, who has shown a password and owes a code.</summary>
public sealed class SecondStep(UserManager<User> users)
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private static readonly string Scheme = IdentityConstants.TwoFactorUserIdScheme;
    private const string RememberKey = "remember";

    public Task BeginAsync(HttpContext context, User user, bool remember) => context.SignInAsync(
        Scheme,
        new ClaimsPrincipal(new ClaimsIdentity([new("sub", user.Id.ToString()), new(AccessTokens.StampClaim, AccessTokens.Digest(user.SecurityStamp))], Scheme)),
        new AuthenticationProperties { Items = { [RememberKey] = remember ? "1" : null } });

    /// <summary>Null where nobody has shown a password, or too long ago, or the account has changed since.</summary>
    public async Task<(User User, bool Remember)?> FindAsync(HttpContext context)
    {
        var ticket = await context.AuthenticateAsync(Scheme);
        if (ticket.Principal?.FindUserId() is not { } id || await users.FindByIdAsync(id.ToString()) is not { } user || !ticket.Principal.HasStamp(user.SecurityStamp))
            return null;
        return (user, ticket.Properties?.Items.TryGetValue(RememberKey, out var remember) == true && remember == "1");
    }

    public Task EndAsync(HttpContext context) => context.SignOutAsync(Scheme);
}
