using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Realtime;
using WebHoster.Web.Account;
using WebHoster.Web.Layout;

namespace WebHoster.Web.Hostings;

/// <summary>The owner's hosting, live: every change in PostgreSQL shows at once, whoever made it.</summary>
public sealed partial class Dashboard(
    HostingQueries queries, HostingRequests requests, ChangeFeed feed, AuthenticationStateProvider identity,
    DialogService dialogs, NotificationService notices, NavigationManager navigation, ILogger<Dashboard> logger) : IAsyncDisposable
{
    private readonly List<OperationEvent> _log = [];
    private Guid _ownerId;
    private LiveReload? _live;
    private bool _loaded;
    private bool _isLive;
    private bool _busy;
    private string? _keyProblem;
    private HostingView? _hosting;
    private Operation? _operation;

    public async ValueTask DisposeAsync()
    {
        identity.AuthenticationStateChanged -= OnIdentityChanged;
        if (_live is not null)
            await _live.DisposeAsync();
    }

    protected override async Task OnInitializedAsync()
    {
        _ownerId = (await identity.GetAuthenticationStateAsync()).User.UserId();
        await LoadAsync();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        // Not before the first load is done: it must not run twice at once.
        if (!_loaded || _live is not null)
            return;
        identity.AuthenticationStateChanged += OnIdentityChanged;
        _live = new LiveReload(feed, _ownerId, () => InvokeAsync(async () =>
        {
            await LoadAsync();
            _isLive = true;
            StateHasChanged();
        }), logger);
    }

    private async Task LoadAsync()
    {
        var hosting = await queries.FindMineAsync(_ownerId);
        var operation = await queries.FindNewestOperationAsync(_ownerId);
        if (operation?.Id != _operation?.Id)
            _log.Clear();
        if (operation is not null)
        {
            var lines = await queries.ListEventsAsync(operation.Id, _log.Count > 0 ? _log[^1].Id : 0);
            // Two loads may overlap while this one waits: a line is shown once.
            _log.AddRange(lines.Where(l => _log.Count == 0 || l.Id > _log[^1].Id));
        }

        (_hosting, _operation, _loaded) = (hosting, operation, true);
    }

    private Task CreateAsync(string? publicKey) => AskAsync(async () =>
    {
        _keyProblem = null;
        var accepted = await requests.CreateAsync(_ownerId, publicKey, null);
        await LoadAsync();
        if (accepted.PrivateKey is { } key)
            await ShowKeyAsync(accepted.Hosting.Slug, key);
    });

    private async Task ChangeAsync(OperationKind kind)
    {
        // The one that is shown, whatever may have become the first one since.
        if (_hosting is not { } hosting || kind is OperationKind.Delete or OperationKind.Rebuild && !await ConfirmAsync(kind))
            return;
        await AskAsync(async () =>
        {
            await requests.ChangeAsync(_ownerId, hosting.Id, kind, null);
            await LoadAsync();
        });
    }

    private async Task AskAsync(Func<Task> request)
    {
        if (_busy)
            return;
        _busy = true;
        try
        {
            await request();
        }
        catch (InvalidInputException e)
        {
            _keyProblem = e.Message;
        }
        catch (DomainException e)
        {
            await LoadAsync();
            notices.Notify(NotificationSeverity.Warning, "That did not work", e.Message, 8000);
        }
        finally
        {
            _busy = false;
        }
    }

    private async Task<bool> ConfirmAsync(OperationKind kind) => await dialogs.OpenAsync<ConfirmSlug>(
        kind == OperationKind.Delete ? "Delete this hosting?" : "Rebuild this hosting?",
        new Dictionary<string, object?> { [nameof(ConfirmSlug.Slug)] = _hosting!.Slug, [nameof(ConfirmSlug.Kind)] = kind },
        new DialogOptions { Width = "min(480px, 94vw)", AutoFocusFirstElement = true }) is true;

    // Not awaited: the page goes on behind it, and the steps show already.
    private Task ShowKeyAsync(string slug, string key)
    {
        _ = dialogs.OpenAsync<PrivateKey>(
            "Your private key",
            new Dictionary<string, object?> { [nameof(PrivateKey.Slug)] = slug, [nameof(PrivateKey.Pem)] = key },
            new DialogOptions { Width = "min(560px, 94vw)", ShowClose = false, CloseDialogOnEsc = false, CloseDialogOnOverlayClick = false });
        return Task.CompletedTask;
    }

    private bool MayRetry(OperationKind kind) =>
        _hosting is not null && Enum.TryParse<HostingTrigger>(kind.ToString(), out var trigger) && HostingLifecycle.Allows(_hosting.Status, trigger);

    private void OnIdentityChanged(Task<AuthenticationState> state) => InvokeAsync(async () =>
    {
        if ((await state).User.FindUserId() is null)
            navigation.NavigateTo("/login", forceLoad: true);
    });
}
