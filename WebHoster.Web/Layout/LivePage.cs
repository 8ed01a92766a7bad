using System.Net;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Acting;
using WebHoster.Infrastructure.Realtime;
using WebHoster.Web.Account;
using WebHoster.Web.Acting;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Layout;

/// <summary>
/// A page about somebody's things, usually the signed-in person's: loaded before it first shows, so that nothing on it jumps, and again
/// whenever one of them has changed, whoever changed it. It ends in the sign-in once the person may no longer be there.
/// </summary>
public abstract class LivePage : ComponentBase, IAsyncDisposable
{
    private LiveReload? _live;
    private bool _loaded;
    private Guid _viewer;

    [Inject]
    private ChangeFeed Feed { get; set; } = null!;

    [Inject]
    private AuthenticationStateProvider Identity { get; set; } = null!;

    [Inject]
    private ActingSessions ActingSessions { get; set; } = null!;

    [Inject]
    private ILogger<LivePage> Logger { get; set; } = null!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = null!;

    /// <summary>Whose things the page shows.</summary>
    protected Guid OwnerId { get; private set; }

    /// <summary>Who looks and does, where that is not the owner: an administrator.</summary>
    protected Guid? ActorId { get; private set; }

    /// <summary>For whom the administrator acts who looks; null where nobody acts, or the page is not open to it.</summary>
    protected ActingFor? Acting { get; private set; }

    protected bool IsAdmin { get; private set; }

    /// <summary>Where the person's browser is, for the audit log.</summary>
    protected IPAddress? From { get; private set; }

    /// <summary>True once changes are followed: what is committed from then on shows.</summary>
    protected bool IsLive { get; private set; }

    /// <summary>True while what is shown may be old, because it could not be loaded again.</summary>
    protected bool IsStale { get; private set; }

    /// <summary>True where the page shows figures of machines, which come every ten seconds.</summary>
    protected virtual bool ShowsMetrics => false;

    /// <summary>How long at least from one load to the next.</summary>
    protected virtual TimeSpan Pause => TimeSpan.Zero;

    protected abstract Task LoadAsync();

    /// <summary>Whose things this page shows to <paramref name="viewer"/>.</summary>
    protected virtual Task<Guid> FindOwnerAsync(Guid viewer) => Task.FromResult(viewer);

    /// <summary>Whether the page should look again.</summary>
    protected virtual bool Concerns(Change change) => change.Concerns(OwnerId) || (ShowsMetrics && change.IsMetrics)
        || (Acting is not null && change.Kind == "acting" && change.Concerns(_viewer));

    public override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        if (!_loaded)
        {
            // Before the first render: what was rendered on the server stays until the circuit has the same to show.
            var person = (await Identity.GetAuthenticationStateAsync()).User;
            (_viewer, IsAdmin, From) = (person.UserId(), person.IsAdmin(), person.From());
            if (OpenToActingAttribute.Is(GetType()) && person.FindActingId() is { } acting)
                Acting = await ActingSessions.FindAsync(acting, _viewer, CancellationToken.None);
            OwnerId = Acting?.CustomerId ?? await FindOwnerAsync(_viewer);
            ActorId = OwnerId == _viewer ? null : _viewer;
            await LoadAsync();
            _loaded = true;
        }
        await base.SetParametersAsync(ParameterView.Empty);
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
            return;
        Identity.AuthenticationStateChanged += OnIdentityChanged;
        _live = new LiveReload(Feed, Concerns, ReloadAsync, SayStaleAsync, Logger, Pause);
    }

    /// <summary>To be called before anything is changed.</summary>
    /// <exception cref="ForbiddenException">The administrator who looks no longer acts for the owner.</exception>
    protected async Task RequireActingAsync()
    {
        if (Acting is not null && !await IsStillActingAsync())
            throw new ForbiddenException("You no longer act for this person. Reload the page.");
    }

    /// <summary>Loads what a click asks for. Where the database does not answer, what is shown stays, and the page says that it may be old.</summary>
    protected async Task LookAsync() => IsStale = await Refusals.OfAsync(LoadAsync) is not null;

    private Task ReloadAsync() => InvokeAsync(async () =>
    {
        if (Acting is not null && !await IsStillActingAsync())
        {
            Navigation.NavigateTo($"/admin/users/{OwnerId}", forceLoad: true);
            return;
        }
        await LoadAsync();
        (IsLive, IsStale) = (true, false);
        StateHasChanged();
    });

    private Task SayStaleAsync() => InvokeAsync(() =>
    {
        IsStale = true;
        StateHasChanged();
    });

    public virtual async ValueTask DisposeAsync()
    {
        Identity.AuthenticationStateChanged -= OnIdentityChanged;
        await StopAsync();
        GC.SuppressFinalize(this);
    }

    private async Task<bool> IsStillActingAsync() => await ActingSessions.FindAsync(Acting!.SessionId, _viewer, CancellationToken.None) is not null;

    private void OnIdentityChanged(Task<AuthenticationState> state) => InvokeAsync(async () =>
    {
        if ((await state).User.FindUserId() is not null)
            return;
        // First: a browser need not go where it is sent, and must hear nothing more if it stays.
        await StopAsync();
        Navigation.NavigateTo("/login", forceLoad: true);
    });

    private async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _live, null) is { } live)
            await live.DisposeAsync();
    }
}
