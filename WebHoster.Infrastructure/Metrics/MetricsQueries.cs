using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Metrics;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Metrics;

/// <summary>Averages over one step of a series.</summary>
/// <param name="At">Where the step begins.</param>
/// <param name="CpuPercent">0-100, of all virtual CPUs.</param>
/// <param name="GuestMemoryUsed">Bytes, as the guest says; null where it says nothing.</param>
/// <param name="DiskUsed">Bytes of the host's disk.</param>
/// <param name="DiskRead">Bytes per second, as are those that follow.</param>
public sealed record MetricFigures(
    DateTimeOffset At, double CpuPercent, long? GuestMemoryUsed, long? GuestMemoryTotal, long? DiskUsed,
    double DiskRead, double DiskWritten, double NetReceived, double NetSent);

/// <summary>A hosting's figures from <paramref name="From"/> to <paramref name="To"/>, oldest first; times without figures are left out.</summary>
public sealed record MetricSeries(
    MetricRange Range, DateTimeOffset From, DateTimeOffset To, TimeSpan Step, MachineSize Size, IReadOnlyList<MetricFigures> Points);

/// <summary>What an owner sees of their machines' figures: at most 181 points, whatever the range.</summary>
public sealed class MetricsQueries(IDbContextFactory<WebHosterDb> factory, TimeProvider clock)
{
    private static readonly TimeSpan HourStep = TimeSpan.FromSeconds(20);

    /// <exception cref="NotFoundException">No such hosting, or another person's.</exception>
    public async Task<MetricSeries> ReadAsync(Guid ownerId, Guid hostingId, MetricRange range, CancellationToken ct = default)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var size = await db.Hostings.Where(h => h.Id == hostingId && h.OwnerId == ownerId)
            .Select(h => new MachineSize(h.MemoryMb, h.Vcpus, h.DiskGb)).FirstOrDefaultAsync(ct)
            ?? throw new NotFoundException("There is no such hosting.");
        var (grain, step) = range switch
        {
            MetricRange.Hour => (MetricGrain.Fine, HourStep),
            MetricRange.Day => (MetricGrain.Day, MetricGrain.Day.Step),
            _ => (MetricGrain.Week, MetricGrain.Week.Step),
        };
        var now = clock.GetUtcNow();
        var from = now - grain.Reach;
        var points = await Read(db, hostingId, grain, step, from).ToListAsync(ct);
        return new MetricSeries(range, from, now, step, size, points);
    }

    /// <summary>
    /// What is averaged already and, behind it, what is not yet: so a week's chart moves, too. Of the hour, samples are averaged in pairs.
    /// </summary>
    internal static IQueryable<MetricFigures> Read(WebHosterDb db, Guid hostingId, MetricGrain grain, TimeSpan step, DateTimeOffset from)
    {
        var coarse = grain == MetricGrain.Fine ? 0 : grain.Seconds;
        return db.Database.SqlQuery<MetricFigures>(
            $"""
             with known as (
                 select * from metric_points where hosting_id = {hostingId} and grain = {coarse} and at > {from}),
             newest as (
                 select date_bin({step}, at, 'epoch') as at, avg(cpu_percent) as cpu_percent, avg(guest_memory_used)::bigint as guest_memory_used,
                     max(guest_memory_total) as guest_memory_total, avg(disk_used)::bigint as disk_used, avg(disk_read) as disk_read,
                     avg(disk_written) as disk_written, avg(net_received) as net_received, avg(net_sent) as net_sent
                 from metric_points
                 where hosting_id = {hostingId} and grain = {MetricGrain.Fine.Seconds} and at > {from}
                     and at >= coalesce((select max(k.at) + {step} from known k), {from})
                 group by 1)
             select at as "At", cpu_percent::float8 as "CpuPercent", guest_memory_used as "GuestMemoryUsed", guest_memory_total as "GuestMemoryTotal",
                 disk_used as "DiskUsed", disk_read::float8 as "DiskRead", disk_written::float8 as "DiskWritten",
                 net_received::float8 as "NetReceived", net_sent::float8 as "NetSent"
             from (
                 select at, cpu_percent, guest_memory_used, guest_memory_total, disk_used, disk_read, disk_written, net_received, net_sent from known
                 union all
                 select at, cpu_percent, guest_memory_used, guest_memory_total, disk_used, disk_read, disk_written, net_received, net_sent from newest) as points
             order by at
             """);
    }
}
