using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Realtime;
using WebHoster.Web.Account;
using WebHoster.Web.Languages;
using WebHoster.Web.Layout;

namespace WebHoster.Web.Hostings;

/// <summary>The owner's hostings, and a creation as it happens. Live: every change in PostgreSQL shows at once, whoever made it.</summary>
public sealed partial class Dashboard(
    OverviewQuery overviews, HostingQueries queries, HostingRequests requests, ChangeFeed feed, AuthenticationStateProvider identity,
    DialogService dialogs, NotificationService notices, NavigationManager navigation, FirstLook firstLook, TimeProvider clock,
    ILogger<Dashboard> logger) : IAsyncDisposable
{
    // How long an end is news to somebody who comes to the page later.
    private static readonly TimeSpan News = TimeSpan.FromMinutes(10);

    private readonly List<OperationEvent> _log = [];
    private readonly HashSet<Guid> _dismissed = [];
    private Guid _ownerId;
    private Guid? _logOf;
    private LiveReload? _live;
    private bool _isLive;
    private bool _busy;
    private bool _isAdding;
    private string? _keyProblem;
    private string? _nameProblem;
    private NewHosting _wish = new(null, null);
    private Overview? _overview;

    /// <summary>The creation that is under way, or has ended so lately that it is news.</summary>
    private Operation? Shown => _overview?.Creation is { } creation && !_dismissed.Contains(creation.Id) && IsNews(creation) ? creation : null;

    private bool IsAlone => _overview!.Hostings.Count == 1;

    private bool OffersCreation => _overview!.HasRoom && (_isAdding || (_overview.Hostings.Count == 0 && Shown is null));

    private string Quota => string.Join(" · ",
        T["{0} of {1} in use", T.Number(_overview!.Hostings.Count), T.Count(_overview.Plan.MaxHostings, "{0} hosting", "{0} hostings")],
        T["plan {0}", _overview.Plan.Name]);

    public async ValueTask DisposeAsync()
    {
        identity.AuthenticationStateChanged -= OnIdentityChanged;
        if (_live is not null)
            await _live.DisposeAsync();
    }

    protected override async Task OnInitializedAsync()
    {
        _ownerId = (await identity.GetAuthenticationStateAsync()).User.UserId();
        var look = await firstLook.LoadAsync(RendererInfo.IsInteractive, _ownerId, "/dashboard", LoadAsync);
        if (_overview is not null)
            return;
        (_overview, _logOf) = (look.Overview, look.Overview.Creation?.Id);
        _log.AddRange(look.Log);
    }

    protected override void OnAfterRender(bool firstRender)
    {
        // Not before the first load is done: it must not run twice at once.
        if (_overview is null || _live is not null)
            return;
        identity.AuthenticationStateChanged += OnIdentityChanged;
        _live = new LiveReload(feed, _ownerId, () => InvokeAsync(async () =>
        {
            await LoadAsync();
            _isLive = true;
            StateHasChanged();
        }), logger);
    }

    private async Task<Look> LoadAsync()
    {
        var overview = await overviews.LoadAsync(_ownerId);
        if (overview.Creation is { } creation && IsNews(creation))
        {
            if (_logOf != creation.Id)
                _log.Clear();
            _logOf = creation.Id;
            var lines = await queries.ListEventsAsync(creation.Id, _log.Count > 0 ? _log[^1].Id : 0);
            // Two loads may overlap while this one waits: a line is shown once.
            _log.AddRange(lines.Where(l => _log.Count == 0 || l.Id > _log[^1].Id));
        }

        _overview = overview;
        return new Look(overview, [.. _log]);
    }

    private async Task CreateAsync(NewHosting wish)
    {
        if (_busy)
            return;
        (_busy, _keyProblem, _nameProblem, _wish) = (true, null, null, wish);
        try
        {
            var accepted = await requests.AddAsync(_ownerId, wish.Name, wish.PublicKey, null);
            _isAdding = false;
            await LoadAsync();
            if (accepted.PrivateKey is { } key)
                ShowKey(accepted.Hosting.Slug, key);
        }
        catch (InvalidInputException e)
        {
            _nameProblem = e.Errors.TryGetValue("name", out var problems) ? T.Said(string.Join(' ', problems)) : null;
            _keyProblem = _nameProblem is null ? T.Said(e.Message) : null;
            _isAdding = _overview!.Hostings.Count > 0;
        }
        catch (ConflictException e) when (e.Data["field"] is "name")
        {
            _nameProblem = T.Said(e.Message);
        }
        catch (DomainException e)
        {
            await LoadAsync();
            notices.Notify(NotificationSeverity.Warning, T["That did not work"], T.Said(e.Message), 8000);
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

    private void Dismiss() => _dismissed.Add(_overview!.Creation!.Id);

    private HostingView? HostingOf(Operation creation) =>
        _overview!.Hostings.FirstOrDefault(h => h.View.Id == creation.HostingId)?.View;

    // A success while its hosting is there, a failure until something else was asked for.
    private bool IsNews(Operation creation) => creation.IsUnfinished || (IsFresh(creation) && creation.Status switch
    {
        OperationStatus.Succeeded => IsNewest(creation) && (_overview is null || HostingOf(creation) is { Status: HostingStatus.Running }),
        OperationStatus.Failed => IsNewest(creation),
        _ => false,
    });

    private bool IsNewest(Operation creation) => _overview is null || _overview.Newest?.Id == creation.Id;

    private bool IsFresh(Operation operation) => operation.FinishedAt > clock.GetUtcNow() - News;

    private void OnIdentityChanged(Task<AuthenticationState> state) => InvokeAsync(async () =>
    {
        if ((await state).User.FindUserId() is null)
            navigation.NavigateTo("/login", forceLoad: true);
    });

    private sealed record Look(Overview Overview, IReadOnlyList<OperationEvent> Log);
}

/// <summary>What a person asks for; both may be left to WebHoster.</summary>
public sealed record NewHosting(string? Name, string? PublicKey);
