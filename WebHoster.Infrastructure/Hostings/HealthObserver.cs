using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Hostings;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.CloudInit;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Hostings;

/// <summary>Asks running guests whether they answer. Only <c>health</c> follows; the status stays the domain's.</summary>
public sealed class HealthObserver(IDbContextFactory<WebHosterDb> factory, IHypervisor hypervisor, WelcomePage pages, TimeProvider clock)
{
    private const int AtOnce = 16;

    public async Task ObserveAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var running = await db.Hostings.AsNoTracking().Where(h => h.Status == HostingStatus.Running).ToListAsync(ct);
        await Parallel.ForEachAsync(
            running, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
            async (hosting, token) =>
            {
                var health = HealthOf(await hypervisor.AskGuestAsync(pages.SpecOf(hosting), token));
                // What was made before its identity was kept in the database has it on the host alone.
                var key = hosting.HostKey ?? await hypervisor.ReadHostKeyAsync(hosting.Id, token);
                if (health == hosting.Health && key == hosting.HostKey)
                    return;
                DateTimeOffset? now = clock.GetUtcNow();
                await using var own = await factory.CreateDbContextAsync(token);
                await own.Hostings.Where(h => h.Id == hosting.Id && h.Status == HostingStatus.Running)
                    .ExecuteUpdateAsync(set => set.SetProperty(h => h.Health, health).SetProperty(h => h.HostKey, key)
                        .SetProperty(h => h.UnwellSince, h => health == HostingHealth.Healthy ? null : h.UnwellSince ?? now), token);
            });
    }

    public static HostingHealth HealthOf(GuestAnswer answer) => (answer.Http, answer.Ssh) switch
    {
        (true, true) => HostingHealth.Healthy,
        (true, false) => HostingHealth.NoSsh,
        (false, true) => HostingHealth.NoHttp,
        _ => HostingHealth.Unreachable,
    };
}
