using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WebHoster.Infrastructure.Backups;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Infrastructure.Nginx;
using WebHoster.Infrastructure.Settings;
using WebHoster.Infrastructure.Slots;

namespace WebHoster.Infrastructure.Telemetry;

/// <summary>Writes this worker's figures down, again and again.</summary>
public sealed class WorkerReporter(
    WorkerReports reports, BackupFolder backups, IOptions<InstallSettings> install, IOptions<PortalSettings> portal, ILogger<WorkerReporter> logger)
    : Clockwork(TimeSpan.FromSeconds(10), atOnce: true, "The worker's figures were not written down", logger)
{
    private readonly string _worker = $"{Environment.MachineName}:{Environment.ProcessId}";

    protected override Task RoundAsync(CancellationToken ct) => reports.WriteAsync(
        _worker, [.. Tallies.OfWorker.Select(t => t.Read()), .. Nginx(), .. Host(), .. backups.Figures()], ct);

    private IEnumerable<MetricFamily> Nginx()
    {
        List<NginxInstance> instances = [NginxInstance.Sites(install.Value), NginxInstance.Ssh(install.Value)];
        if (portal.Value.Tls)
            instances.Add(NginxInstance.Portal(install.Value));
        yield return new MetricFamily(Catalog.NginxUp, [.. instances.Select(i => new Series([i.Name], i.RunningPid() is null ? 0 : 1))]);
        yield return new MetricFamily(Catalog.NginxGeneration, [.. instances
            .Select(i => (i.Name, Generation: new GenerationStore(i).LastGood)).Where(i => i.Generation is not null)
            .Select(i => new Series([i.Name, i.Generation!], 1))]);
    }

    private IEnumerable<MetricFamily> Host()
    {
        var host = HostResources.Read(install.Value.DataPath);
        yield return MetricFamily.Of(Catalog.HostCpus, host.Cpus);
        foreach (var (metric, value, unit) in new[]
        {
            (Catalog.HostMemory, host.MemoryMb, 1048576.0), (Catalog.HostMemoryFree, host.MemoryFreeMb, 1048576.0),
            (Catalog.HostDisk, host.DiskGb, 1073741824.0), (Catalog.HostDiskFree, host.DiskFreeGb, 1073741824.0),
        })
        {
            if (value is { } known)
                yield return MetricFamily.Of(metric, known * unit);
        }
    }
}
