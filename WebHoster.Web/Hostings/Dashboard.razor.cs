using Radzen;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Web.Errors;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Hostings;

/// <summary>The owner's hostings, and a creation as it happens.</summary>
public sealed partial class Dashboard(
    OverviewQuery overviews, HostingQueries queries, HostingRequests requests, DialogService dialogs, NotificationService notices,
    TimeProvider clock)
{
    // How long an end is news to somebody who comes to the page later.
    private static readonly TimeSpan News = TimeSpan.FromMinutes(10);

    private readonly List<OperationEvent> _log = [];
    private readonly HashSet<Guid> _dismissed = [];
    private Guid? _logOf;
    private bool _busy;
    private bool _isAdding;
    private string? _keyProblem;
    private string? _nameProblem;
    private NewHosting _wish = new(null, null);
    private Overview _overview = null!;

    /// <summary>The creation that is under way, or has ended so lately that it is news.</summary>
    private Operation? Shown =>
        _overview.Creation is { } creation && !_dismissed.Contains(creation.Id) && IsNews(_overview, creation) ? creation : null;

    /// <summary>The only hosting is the one whose creation is shown: a card would say the same again.</summary>
    private bool ShowsCards => _overview.Hostings.Count > (Shown is null ? 0 : 1);

    private bool OffersCreation => ActorId is null && _overview.HasRoom && (_isAdding || (_overview.Hostings.Count == 0 && Shown is null));

    private string Quota => string.Join(" · ",
        T["{0} of {1} in use", T.Number(_overview.Hostings.Count), T.Count(_overview.Plan.MaxHostings, "{0} hosting", "{0} hostings")],
        T["plan {0}", _overview.Plan.Name]);

    protected override async Task LoadAsync()
    {
        var overview = await overviews.LoadAsync(OwnerId);
        if (overview.Creation is { } creation && IsNews(overview, creation))
        {
            if (_logOf != creation.Id)
                _log.Clear();
            _logOf = creation.Id;
            var lines = await queries.ListEventsAsync(creation.Id, _log.Count > 0 ? _log[^1].Id : 0);
            // Two loads may overlap while this one waits: a line is shown once.
            _log.AddRange(lines.Where(l => _log.Count == 0 || l.Id > _log[^1].Id));
        }

        _overview = overview;
    }

    private async Task CreateAsync(NewHosting wish)
    {
        // The key that opens a new machine is its owner's: nobody creates for somebody else.
        if (_busy || ActorId is not null)
            return;
        (_busy, _keyProblem, _nameProblem, _wish) = (true, null, null, wish);
        try
        {
            var accepted = await requests.AddAsync(OwnerId, wish.Name, wish.PublicKey, From);
            _isAdding = false;
            await LoadAsync();
            if (accepted.PrivateKey is { } key)
                ShowKey(accepted.Hosting.Slug, key);
        }
        catch (InvalidInputException e)
        {
            _nameProblem = e.Errors.TryGetValue("name", out var problems) ? T.Said(string.Join(' ', problems)) : null;
            _keyProblem = _nameProblem is null ? T.Said(e.Message) : null;
        }
        catch (ConflictException e) when (e.Data["field"] is "name")
        {
            _nameProblem = T.Said(e.Message);
        }
        catch (Exception e) when (e.Refusal() is not null)
        {
            await LookAsync();
            notices.Notify(NotificationSeverity.Warning, T["That did not work"], T.Said(e.Refusal()), 8000);
        }
        finally
        {
            _busy = false;
        }
    }

    // Not awaited: the page goes on behind it, and the steps show already.
    private void ShowKey(string slug, string key) => _ = dialogs.OpenAsync<PrivateKey>(
        T["Your private key"],
        new Dictionary<string, object?> { [nameof(PrivateKey.Slug)] = slug, [nameof(PrivateKey.Pem)] = key },
        new DialogOptions { Width = "min(560px, 94vw)", ShowClose = false, CloseDialogOnEsc = false, CloseDialogOnOverlayClick = false });

    private void Dismiss() => _dismissed.Add(_overview.Creation!.Id);

    private static HostingView? HostingOf(Overview overview, Operation creation) => overview.Hostings.FirstOrDefault(h => h.Id == creation.HostingId);

    // A success while its hosting runs, a failure; both until something else was asked for.
    private bool IsNews(Overview overview, Operation creation) => creation.IsUnfinished
        || (IsFresh(creation) && overview.Newest?.Id == creation.Id && creation.Status switch
        {
            OperationStatus.Succeeded => HostingOf(overview, creation) is { Status: HostingStatus.Running },
            OperationStatus.Failed => true,
            _ => false,
        });

    private bool IsFresh(Operation operation) => operation.FinishedAt > clock.GetUtcNow() - News;
}

/// <summary>What a person asks for; both may be left to WebHoster.</summary>
public sealed record NewHosting(string? Name, string? PublicKey);
