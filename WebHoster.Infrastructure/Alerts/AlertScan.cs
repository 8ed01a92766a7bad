using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using WebHoster.Core.Alerts;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Jobs;

namespace WebHoster.Infrastructure.Alerts;

/// <summary>Compares what needs attention with what is known to: alerts are opened and resolved by what is so, not by who was there when it happened.</summary>
public sealed class AlertScan(
    IEnumerable<IAlertSource> sources, AlertBook book, IDbContextFactory<WebHosterDb> factory, TimeProvider clock, ILogger<AlertScan> logger)
    : Clockwork(TimeSpan.FromSeconds(3), atOnce: true, "What needs attention was not looked for", logger)
{
    protected override async Task RoundAsync(CancellationToken ct)
    {
        foreach (var source in sources)
            await LookAsync(source, ct);
    }

    private async Task LookAsync(IAlertSource source, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var found = await source.FindAsync(db, clock.GetUtcNow(), ct);
        var open = await db.Alerts.AsNoTracking().Where(a => a.Kind == source.Kind && a.EndedAt == null).ToListAsync(ct);
        var subjects = found.Select(c => c.Subject).ToList();
        var dismissed = await db.Alerts.Where(a => a.Kind == source.Kind && a.Ended == AlertEnd.Dismissed && subjects.Contains(a.Subject))
            .GroupBy(a => a.Subject).Select(g => new { g.Key, At = g.Max(a => a.EndedAt)!.Value }).ToDictionaryAsync(g => g.Key, g => g.At, ct);
        foreach (var condition in found.Where(c => !dismissed.TryGetValue(c.Subject, out var at) || at < c.Since))
        {
            if (open.All(a => a.Subject != condition.Subject || a.Words != condition.Words))
                await book.RaiseAsync(source.Kind, condition.Subject, condition.Words, ct);
        }
        foreach (var over in open.Where(a => source.Covers(a.Subject) && !subjects.Contains(a.Subject)))
            await book.ResolveAsync(source.Kind, over.Subject, ct);
    }
}
