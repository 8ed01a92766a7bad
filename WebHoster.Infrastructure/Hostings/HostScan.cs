using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Slots;

namespace WebHoster.Infrastructure.Hostings;

/// <summary>One look at the host: what machines do becomes status, what rows say becomes nginx's. Never two at once.</summary>
public sealed class HostScan(MachineObserver machines, SlotPorts ports, IReverseProxy proxy, RouteTables routes)
{
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>False where something had to be passed over: look again soon.</summary>
    public async Task<bool> RunAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            var all = await machines.ObserveAsync(ct);
            await ports.ObserveAsync(ct);
            if (!await proxy.IsAppliedAsync(await routes.LoadAsync(ct), ct))
                await proxy.ApplyLatestAsync(routes.LoadAsync, ct);
            return all;
        }
        finally
        {
            _one.Release();
        }
    }
}
