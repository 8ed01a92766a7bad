using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.Options;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Web.Account;

/// <summary>Asks again, while a page is open, whether the person may still be there: an open circuit never sees a cookie again.</summary>
public sealed class CircuitIdentity(ILoggerFactory logging, Callers callers, Sessions sessions, CircuitGuard guard, IOptions<AccountSettings> accounts)
    : RevalidatingServerAuthenticationStateProvider(logging)
{
    protected override TimeSpan RevalidationInterval => accounts.Value.CheckInterval;

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        try
        {
            var caller = await callers.FindAgainAsync(authenticationState.User, cancellationToken);
            if (caller is null)
                guard.Close();
            else if (caller.Session is { } session)
                await sessions.NoteAsync(session.Id, session.SeenAt, authenticationState.User.From(), cancellationToken);
            return caller is not null;
        }
        catch (Exception e) when (e.IsDatabaseTrouble() && !cancellationToken.IsCancellationRequested)
        {
            return true; // asked again at the next turn
        }
    }
}
