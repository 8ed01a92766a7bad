using Microsoft.AspNetCore.SignalR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Infrastructure.Settings;
using WebHoster.Web.Account;

namespace WebHoster.Web.Hostings;

/// <summary>
/// Ends connections whose person was disabled or signed out or is no administrator any more, or whose API token was deleted: none shows its token
/// twice.
/// </summary>
public sealed class HubKeeper(
    HubPresence presence, IDbContextFactory<WebHosterDb> factory, IOptions<AccountSettings> accounts, ILogger<HubKeeper> logger)
    : Clockwork(accounts.Value.CheckInterval, atOnce: false, "The hub's connections were not looked after", logger)
{
    protected override async Task RoundAsync(CancellationToken ct)
    {
        var connections = presence.Connections;
        if (connections.Count == 0)
            return;
        var people = connections.Select(c => c.User!.UserId()).Distinct().ToList();
        var tokens = connections.Select(c => c.User!.FindTokenId()).OfType<Guid>().Distinct().ToList();
        await using var db = await factory.CreateDbContextAsync(ct);
        var stamps = await db.Users.Where(u => people.Contains(u.Id) && u.DisabledAt == null).ToDictionaryAsync(u => u.Id, u => u.SecurityStamp, ct);
        var valid = await db.ApiTokens.Where(t => tokens.Contains(t.Id)).Select(t => t.Id).ToHashSetAsync(ct);
        var sessions = connections.Select(c => c.User!.FindSessionId()).OfType<Guid>().Distinct().ToList();
        var open = await db.Sessions.Where(s => sessions.Contains(s.Id)).Select(s => s.Id).ToHashSetAsync(ct);
        var admins = await db.Admins.Where(a => people.Contains(a.UserId)).Select(a => a.UserId).ToHashSetAsync(ct);
        foreach (var connection in connections.Where(c => !MayStay(c)))
            connection.Abort();

        bool MayStay(HubCallerContext connection) => stamps.TryGetValue(connection.User!.UserId(), out var stamp)
            && (connection.User!.FindTokenId() is { } token ? valid.Contains(token) : connection.User!.HasStamp(stamp))
            // What it hears was decided when it was opened.
            && (!connection.User!.IsAdmin() || admins.Contains(connection.User!.UserId()))
            && (connection.User!.FindSessionId() is not { } session || open.Contains(session));
    }
}
