using Microsoft.AspNetCore.Components;
using WebHoster.Core.Accounts;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Metrics;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Metrics;
using WebHoster.Web.Errors;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Hostings;

/// <summary>One hosting of the signed-in person, live. Only what the tab shows is loaded.</summary>
public partial class HostingPage(
    HostingQueries queries, ActivityQueries activities, MetricsQueries metrics, HostingRequests requests, SshKeyRequests keys)
{
    private const int ActivityPage = 15;

    private HostingTab _tab;
    private MetricRange _range;
    private int _shown = ActivityPage;
    private bool _busy;
    private string? _problem;
    private string? _slug;
    private string? _owner;
    private HostingView? _hosting;
    private Operation? _newest;
    private MetricSeries? _series;
    private IReadOnlyList<Operation> _activity = [];
    private bool _hasMore;
    private Guid? _open;
    private IReadOnlyList<OperationEvent> _log = [];
    private IReadOnlyList<SshKey> _keys = [];
    private bool _wasThere;
    private ElementReference _end;

    [Parameter]
    public Guid Id { get; set; }

    [Parameter]
    public string? Tab { get; set; }

    /// <summary>Of the page's address.</summary>
    protected virtual string Root => "/hostings";

    protected virtual string Back => "/dashboard";

    protected virtual string BackWords => Texts.Key("Back to the dashboard");

    /// <summary>True on the administrators' desk.</summary>
    protected virtual bool IsDesk => false;

    private IReadOnlyList<HostingTab> Tabs => ActorId is null && !IsDesk ? Enum.GetValues<HostingTab>() : HostingTabWords.ForOthers;

    private HostingTab? AskedTab => HostingTabWords.Parse(Tab) is { } tab && Tabs.Contains(tab) ? tab : null;

    protected override bool ShowsMetrics => _tab is HostingTab.Overview or HostingTab.Metrics;

    private bool IsBusy => _busy || _newest is { IsUnfinished: true };

    protected override void OnInitialized()
    {
        // A page that was never there is a 404; one whose hosting is deleted meanwhile says so.
        if (!RendererInfo.IsInteractive && (_hosting is null || AskedTab is null))
            Navigation.NotFound();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        // Whatever had the focus is gone with the hosting.
        var ends = _wasThere && _hosting is null;
        _wasThere = _hosting is not null;
        if (ends)
            await _end.FocusAsync();
    }

    protected override async Task LoadAsync()
    {
        _tab = AskedTab ?? HostingTab.Overview;
        _hosting = await queries.FindAsync(OwnerId, Id);
        _newest = await activities.FindNewestAsync(OwnerId, Id);
        if (_hosting is null)
            return;
        _slug = _hosting.Slug;
        _owner ??= await NameOwnerAsync();
        switch (_tab)
        {
            case HostingTab.Overview or HostingTab.Metrics:
                await LoadMetricsAsync();
                break;
            case HostingTab.Activity:
                var operations = await activities.ListAsync(OwnerId, Id, _shown + 1);
                (_activity, _hasMore) = ([.. operations.Take(_shown)], operations.Count > _shown);
                if (_open is { } open)
                    _log = await queries.ListEventsAsync(open, 0);
                break;
            case HostingTab.Keys:
                _keys = [.. (await keys.ListAsync(OwnerId)).Where(k => k.HostingId is null || k.HostingId == Id)];
                break;
        }
    }

    /// <summary>Null where the page does not name the owner.</summary>
    protected virtual Task<string?> NameOwnerAsync() => Task.FromResult<string?>(null);

    private async Task LoadMetricsAsync()
    {
        try
        {
            _series = await metrics.ReadAsync(OwnerId, Id, _range);
        }
        catch (NotFoundException)
        {
            // Deleted since the line above: the change is announced.
            _hosting = null;
        }
    }

    private Task ShowRangeAsync(MetricRange range)
    {
        _range = range;
        return LookAsync();
    }

    private Task ShowMoreAsync()
    {
        _shown += ActivityPage;
        return LookAsync();
    }

    private Task ToggleAsync(Guid operation)
    {
        (_open, _log) = (_open == operation ? null : operation, []);
        return LookAsync();
    }

    private bool MayRetry(Operation operation) => operation.Status == OperationStatus.Failed && _hosting is { } hosting && operation.Id == _newest?.Id
        && Enum.TryParse<HostingTrigger>(operation.Kind.ToString(), out var trigger) && HostingLifecycle.Allows(hosting.Status, trigger);

    private Task RetryAsync(Operation operation) => ChangeAsync(operation.Kind);

    private Task ChangeAsync(OperationKind kind) => AskAsync(() => requests.ChangeAsync(OwnerId, Id, kind, From, actor: ActorId));

    private Task AddKeyAsync((string? Name, string? PublicKey) key) => keys.AddAsync(OwnerId, key.Name, key.PublicKey, From);

    private Task RemoveKeyAsync(Guid key) => AskAsync(() => keys.RemoveAsync(OwnerId, key, From));

    private async Task AskAsync(Func<Task> request)
    {
        if (_busy)
            return;
        (_busy, _problem) = (true, null);
        _problem = await Refusals.OfAsync(async () =>
        {
            await RequireActingAsync();
            await request();
        });
        _busy = false;
        await LookAsync();
    }
}
