using WebHoster.Core.Alerts;
using WebHoster.Infrastructure.Alerts;
using WebHoster.Infrastructure.Desk;
using WebHoster.Infrastructure.Slots;

namespace WebHoster.Web.Admin;

/// <summary>How full the host is, what needs an administrator, and what was done in the last day.</summary>
public sealed partial class OverviewPage(CapacityReport report, AttentionReport attention, DayReport days, AlertQueries alerts)
{
    /// <summary>What alerts tell of: each thing is shown once, and what was put aside there is not shown here.</summary>
    private static readonly IReadOnlySet<AttentionKind> Alerted = new HashSet<AttentionKind>
    {
        AttentionKind.DiskNearlyFull, AttentionKind.SlotsNearlyOut, AttentionKind.OperationFailed, AttentionKind.OperationSlow,
    };

    private Capacity _capacity = null!;
    private IReadOnlyList<Attention> _attention = [];
    private IReadOnlyList<Alert> _alerts = [];
    private Day _day = null!;

    // Memory and disk announce nothing: figures of machines, which come every ten seconds, are their clock.
    protected override IReadOnlySet<string> Kinds { get; } = new HashSet<string> { "hosting", "operation", "account", "metrics", "alert", "worker" };

    protected override async Task LoadAsync()
    {
        _capacity = await report.ReadAsync(CancellationToken.None);
        _alerts = await alerts.ListOpenAsync(CancellationToken.None);
        // That there was never a worker is no alert.
        var all = await attention.ReadAsync(
            _capacity, _alerts.Any(a => a.Kind == AlertKind.WorkerGone) ? new HashSet<AttentionKind>(Alerted) { AttentionKind.NoWorker } : Alerted, CancellationToken.None);
        _attention = [.. all.Where(a => a.Kind != AttentionKind.HostingUnhealthy || !a.Items.All(IsToldOf))];
        _day = await days.ReadAsync(CancellationToken.None);
    }

    private bool IsToldOf(AttentionItem item) => _alerts.Any(a => a.Kind == AlertKind.HostingUnwell && a.Subject == $"{item.HostingId}");
}
