using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Web.Account;

/// <summary>Asks again, while a page is open, whether the person may still be there: an open circuit never sees a cookie again.</summary>
public sealed class CircuitIdentity(ILoggerFactory logging, IServiceScopeFactory scopes, IOptions<AccountSettings> accounts)
    : RevalidatingServerAuthenticationStateProvider(logging)
{
    protected override TimeSpan RevalidationInterval => accounts.Value.CheckInterval;

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        var user = await users.GetUserAsync(authenticationState.User);
        return user is { DisabledAt: null } && authenticationState.User.HasStamp(user.SecurityStamp);
    }
}
