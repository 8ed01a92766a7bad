using WebHoster.Infrastructure.Drift;
using WebHoster.Infrastructure.Realtime;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Drift;

/// <summary>What fsck finds, live, and what is done about it. This process only writes what is wanted: a worker looks and repairs.</summary>
public sealed partial class DriftPage(DriftQueries queries, DriftLedger ledger)
{
    private const int PageSize = 15;

    private DriftState _state = null!;
    private IReadOnlyList<FindingView> _open = [];
    private IReadOnlyList<FindingView> _ended = [];
    private int _shown = PageSize;
    private bool _hasMore;
    private bool _busy;
    private string? _problem;

    protected override TimeSpan Pause => TimeSpan.FromMilliseconds(300);

    protected override bool Concerns(Change change) => change.Kind is "drift" or "resync";

    protected override async Task LoadAsync()
    {
        _state = await queries.ReadStateAsync(CancellationToken.None);
        _open = await queries.ListOpenAsync(CancellationToken.None);
        var ended = await queries.ListEndedAsync(_shown + 1, CancellationToken.None);
        (_ended, _hasMore) = ([.. ended.Take(_shown)], ended.Count > _shown);
    }

    private Task ShowMoreAsync()
    {
        _shown += PageSize;
        return LookAsync();
    }

    private Task CheckAsync() => AskAsync(() => ledger.RequestCheckAsync(OwnerId, From, CancellationToken.None));

    private Task RepairAsync(Guid finding) => AskAsync(() => ledger.RequestRepairAsync(OwnerId, finding, From, CancellationToken.None));

    private Task RepairAllAsync() => AskAsync(() => ledger.RequestRepairsAsync(OwnerId, From, CancellationToken.None));

    private async Task AskAsync(Func<Task> request)
    {
        if (_busy)
            return;
        (_busy, _problem) = (true, null);
        _problem = await Refusals.OfAsync(request);
        _busy = false;
        await LookAsync();
    }
}
