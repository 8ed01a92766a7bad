using Microsoft.AspNetCore.Components;
using Radzen;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Web.Errors;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Hostings;

/// <summary>The owner's hostings, and a creation as it happens.</summary>
public sealed partial class Dashboard(
    OverviewQuery overviews, HostingQueries queries, HostingRequests requests, NotificationService notices, TimeProvider clock)
{
    private readonly List<OperationEvent> _log = [];
    private readonly HashSet<Guid> _dismissed = [];
    private readonly List<NewKey> _keys = [];
    private Guid? _logOf;
    private bool _busy;
    private bool _isAdding;
    private bool _focuses;
    private CreationProblem? _problem;
    private string? _retryProblem;
    private Overview _overview = null!;
    private ElementReference _head;

    private Operation? Shown => CreationNews.Of(_overview, clock.GetUtcNow()) is { } news && !_dismissed.Contains(news.Id) ? news : null;

    /// <summary>Without the one that is on the stage: a card would say the same again.</summary>
    private IReadOnlyList<HostingView> Cards => Shown is { } shown ? [.. _overview.Hostings.Where(h => h.Id != shown.HostingId)] : _overview.Hostings;

    private bool OffersCreation => ActorId is null && _overview.HasRoom && (_isAdding || (_overview.Hostings.Count == 0 && Shown is null));

    private string Quota => string.Join(" · ",
        T["{0} of {1} in use", T.Number(_overview.Hostings.Count), T.Count(_overview.Plan.MaxHostings, "{0} hosting", "{0} hostings")],
        T["plan {0}", _overview.Plan.Name]);

    protected override async Task LoadAsync()
    {
        var overview = await overviews.LoadAsync(OwnerId);
        if (CreationNews.Of(overview, clock.GetUtcNow()) is { } shown)
        {
            if (_logOf != shown.Id)
                _log.Clear();
            _logOf = shown.Id;
            var lines = await queries.ListEventsAsync(shown.Id, _log.Count > 0 ? _log[^1].Id : 0);
            // Two loads may overlap while this one waits: a line is shown once.
            _log.AddRange(lines.Where(l => _log.Count == 0 || l.Id > _log[^1].Id));
        }

        _overview = overview;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        var focuses = _focuses && Cards.Count > 0;
        _focuses = false;
        if (focuses)
            await _head.FocusAsync();
    }

    private Task CreateAsync(NewHosting wish) => AskAsync(async () =>
    {
        _problem = null;
        try
        {
            var accepted = await requests.AddAsync(OwnerId, wish.Name, wish.PublicKey, From);
            _isAdding = false;
            ForgetKey(accepted.Hosting.Slug);
            if (accepted.PrivateKey is { } pem)
                _keys.Add(new NewKey(accepted.Hosting.Slug, pem));
        }
        catch (Exception e) when (CreationProblem.Of(e) is { } problem)
        {
            _problem = problem;
        }
    });

    // By what is stored of the creation: the page may have been loaded anew since it was asked for, in another window even.
    private Task RetryAsync(Operation failed) => AskAsync(async () =>
        _retryProblem = await Refusals.OfAsync(() => requests.CreateAgainAsync(OwnerId, failed, From, default)));

    private Task CallOffAsync(Operation creation) => AskAsync(async () =>
    {
        if (await Refusals.OfAsync(() => requests.ChangeAsync(OwnerId, creation.HostingId, OperationKind.Delete, From)) is { } refusal)
            notices.Notify(NotificationSeverity.Warning, T["That did not work"], T.Said(refusal), 8000);
        else
            ForgetKey(creation.Slug);
    });

    // The key that opens a new machine is its owner's: nobody creates for somebody else, or calls that off.
    private async Task AskAsync(Func<Task> work)
    {
        if (_busy || ActorId is not null)
            return;
        (_busy, _retryProblem) = (true, null);
        await work();
        await LookAsync();
        _busy = false;
    }

    private void Dismiss(Operation shown)
    {
        _dismissed.Add(shown.Id);
        _focuses = true;
    }

    /// <summary>The file of the key that was made for it, where this window knows.</summary>
    private string? KeyFileOf(Operation creation) => _keys.Find(k => k.Slug == creation.Slug)?.File;

    private void ForgetKey(string slug) => _keys.RemoveAll(k => k.Slug == slug);
}

/// <summary>What a person asks for; both may be left to WebHoster.</summary>
public sealed record NewHosting(string? Name, string? PublicKey);

/// <summary>A private key that was made for a hosting and is kept nowhere.</summary>
public sealed record NewKey(string Slug, string Pem)
{
    public bool IsSaved { get; set; }

    /// <summary>The file that it is downloaded as.</summary>
    public string File => FileOf(Slug);

    public static string FileOf(string slug) => $"{slug}-webhoster.pem";
}
