using WebHoster.Core.Alerts;
using WebHoster.Infrastructure.Alerts;
using WebHoster.Infrastructure.Mail;
using WebHoster.Infrastructure.Realtime;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Alerts;

/// <summary>What needs attention, where it is told, and how that went.</summary>
public sealed partial class AlertsPage(AlertQueries queries, AlertBook book, AlertTargets targets, Mailer mail)
{
    private const int PageSize = 15;

    private IReadOnlyList<Alert> _open = [];
    private IReadOnlyList<Alert> _ended = [];
    private IReadOnlyList<TargetView> _targets = [];
    private IReadOnlyList<DeliveryView> _deliveries = [];
    private NewTarget? _made;
    private int _shown = PageSize;
    private bool _hasMore;
    private bool _busy;
    private string? _problem;

    private bool MailIsSetUp => mail.IsConfigured;

    protected override TimeSpan Pause => TimeSpan.FromMilliseconds(300);

    protected override bool Concerns(Change change) => change.Kind is "alert" or "resync";

    protected override async Task LoadAsync()
    {
        _open = await queries.ListOpenAsync(CancellationToken.None);
        _ended = await queries.ListEndedAsync(PageSize, CancellationToken.None);
        _targets = await queries.ListTargetsAsync(CancellationToken.None);
        var deliveries = await queries.ListDeliveriesAsync(_shown + 1, CancellationToken.None);
        (_deliveries, _hasMore) = ([.. deliveries.Take(_shown)], deliveries.Count > _shown);
    }

    private Task ShowMoreAsync()
    {
        _shown += PageSize;
        return LookAsync();
    }

    private async Task AddAsync((TargetKind Kind, string? Name, string? Address) asked)
    {
        var made = await targets.AddAsync(OwnerId, asked.Kind, asked.Name, asked.Address, From, CancellationToken.None);
        _made = made.Secret is null ? null : made;
        await LoadAsync();
        StateHasChanged();
    }

    private Task DismissAsync(Guid id) => AskAsync(() => book.DismissAsync(OwnerId, id, From, CancellationToken.None));

    private Task TestAsync(Guid id) => AskAsync(() => targets.TestAsync(OwnerId, id, From, CancellationToken.None));

    private Task PauseAsync(Guid id) => AskAsync(() => targets.PauseAsync(OwnerId, id, From, CancellationToken.None));

    private Task ResumeAsync(Guid id) => AskAsync(() => targets.ResumeAsync(OwnerId, id, From, CancellationToken.None));

    private Task RemoveAsync(Guid id) => AskAsync(() => targets.RemoveAsync(OwnerId, id, From, CancellationToken.None));

    private Task RetryAsync(Guid id) => AskAsync(() => targets.RetryAsync(OwnerId, id, From, CancellationToken.None));

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
