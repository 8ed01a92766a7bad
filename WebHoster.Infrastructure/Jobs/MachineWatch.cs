using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Hostings;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>Looks at the host as soon as libvirt says that a machine has started or stopped; the scan finds what this misses.</summary>
public sealed class MachineWatch(IHypervisor hypervisor, HostScan scan, ILogger<MachineWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var _ in hypervisor.WatchAsync(stoppingToken))
                {
                    while (!await scan.RunAsync(stoppingToken))
                        await Task.Delay(Pause, stoppingToken);
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning("The watch on machines was cut short ({Reason}); the scan goes on", e.GetBaseException().Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            await Task.Delay(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
