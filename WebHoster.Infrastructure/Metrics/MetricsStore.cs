using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Metrics;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Metrics;

/// <summary>A machine's reading, and what it used since the one before.</summary>
public sealed record MetricSample(MachineReading Reading, Usage Usage);

/// <summary>Writes figures: one statement per round, however many machines there are.</summary>
public sealed class MetricsStore(IDbContextFactory<WebHosterDb> factory)
{
    /// <summary>
    /// Puts the samples into their places and announces them, once for all. A place that holds the same or a later time stays as it is: a
    /// worker that stood still, or a second one on this host, changes nothing. What is no running hosting's machine is left out.
    /// </summary>
    /// <returns>How many were written.</returns>
    public async Task<int> WriteAsync(DateTimeOffset now, IReadOnlyList<MetricSample> samples, CancellationToken ct)
    {
        var (at, seconds) = (MetricGrain.Fine.StartOf(now), MetricGrain.Fine.Seconds);
        var place = PlaceOf(at, MetricGrain.Fine);
        T[] Each<T>(Func<MetricSample, T> value) => [.. samples.Select(value)];
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.Database.SqlQuery<int>(
            $"""
             with written as (
                 insert into metric_points as p (hosting_id, grain, place, at, cpu_percent, guest_memory_used, guest_memory_total, disk_used,
                     disk_read, disk_written, net_received, net_sent)
                 select h.id, {seconds}, {place}, {at}, s.cpu, s.memory, s.total, s.disk, s.read, s.written, s.received, s.sent
                 from unnest({Each(s => s.Reading.Id)}, {Each(s => (float)s.Usage.CpuPercent)},
                     {Each(s => s.Reading.Memory?.Used)}, {Each(s => s.Reading.Memory?.Total)}, {Each(s => s.Reading.DiskUsed)},
                     {Each(s => (float)s.Usage.DiskRead)}, {Each(s => (float)s.Usage.DiskWritten)},
                     {Each(s => (float)s.Usage.NetReceived)}, {Each(s => (float)s.Usage.NetSent)})
                     as s (machine, cpu, memory, total, disk, read, written, received, sent)
                 join hostings h on h.machine_id = s.machine and h.desired <> 'absent'
                 order by h.id
                 on conflict (hosting_id, grain, place) do update set at = excluded.at, cpu_percent = excluded.cpu_percent,
                     guest_memory_used = excluded.guest_memory_used, guest_memory_total = excluded.guest_memory_total, disk_used = excluded.disk_used,
                     disk_read = excluded.disk_read, disk_written = excluded.disk_written,
                     net_received = excluded.net_received, net_sent = excluded.net_sent
                 where p.at < excluded.at
                 returning 1),
             total as (select count(*)::int as rows from written)
             select rows as "Value", case when rows > 0 then announce('metrics', {Guid.Empty}, {Guid.Empty}, null)::text end as said from total
             """).ToListAsync(ct) is [var rows] ? rows : 0;
    }

    /// <summary>
    /// Averages of the whole steps of <paramref name="coarse"/> that began at or after <paramref name="from"/> and have ended, from
    /// <paramref name="fine"/>. Asked for again, nothing changes.
    /// </summary>
    public async Task<int> RollUpAsync(MetricGrain fine, MetricGrain coarse, DateTimeOffset from, DateTimeOffset now, CancellationToken ct)
    {
        var until = coarse.StartOf(now);
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.Database.ExecuteSqlAsync(
            $"""
             insert into metric_points as p (hosting_id, grain, place, at, cpu_percent, guest_memory_used, guest_memory_total, disk_used,
                 disk_read, disk_written, net_received, net_sent)
             select hosting_id, {coarse.Seconds}, (extract(epoch from step)::bigint / {coarse.Seconds} % {coarse.Places})::smallint, step, avg(cpu_percent), avg(guest_memory_used), max(guest_memory_total), avg(disk_used),
                 avg(disk_read), avg(disk_written), avg(net_received), avg(net_sent)
             from (select *, date_bin({coarse.Step}, at, 'epoch') as step from metric_points
                 where grain = {fine.Seconds} and at >= {from} and at < {until}) as known
             group by hosting_id, step
             order by hosting_id, step
             on conflict (hosting_id, grain, place) do update set at = excluded.at, cpu_percent = excluded.cpu_percent,
                 guest_memory_used = excluded.guest_memory_used, guest_memory_total = excluded.guest_memory_total, disk_used = excluded.disk_used,
                 disk_read = excluded.disk_read, disk_written = excluded.disk_written,
                 net_received = excluded.net_received, net_sent = excluded.net_sent
             where p.at < excluded.at
             """, ct);
    }

    private static short PlaceOf(DateTimeOffset at, MetricGrain grain) => (short)(at.ToUnixTimeSeconds() / grain.Seconds % grain.Places);
}
