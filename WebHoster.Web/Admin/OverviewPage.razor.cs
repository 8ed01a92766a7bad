using WebHoster.Infrastructure.Desk;
using WebHoster.Infrastructure.Slots;

namespace WebHoster.Web.Admin;

/// <summary>How full the host is, what needs an administrator, and what was done in the last day.</summary>
public sealed partial class OverviewPage(CapacityReport report, AttentionReport attention, DayReport days)
{
    private Capacity _capacity = null!;
    private IReadOnlyList<Attention> _attention = [];
    private Day _day = null!;

    // Memory and disk announce nothing: figures of machines, which come every ten seconds, are their clock.
    protected override IReadOnlySet<string> Kinds { get; } = new HashSet<string> { "hosting", "operation", "account", "metrics" };

    protected override async Task LoadAsync()
    {
        _capacity = await report.ReadAsync(CancellationToken.None);
        _attention = await attention.ReadAsync(_capacity, CancellationToken.None);
        _day = await days.ReadAsync(CancellationToken.None);
    }
}
