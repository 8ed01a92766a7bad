using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using WebHoster.Infrastructure.Realtime;
using WebHoster.Web.Account;

namespace WebHoster.Web.Layout;

/// <summary>
/// A page about the signed-in person's things: loaded before it first shows, so that nothing on it jumps, and again whenever one of
/// them has changed, whoever changed it. It ends in the sign-in once the person may no longer be there.
/// </summary>
public abstract class LivePage : ComponentBase, IAsyncDisposable
{
    private LiveReload? _live;
    private bool _loaded;

    [Inject]
    private ChangeFeed Feed { get; set; } = null!;

    [Inject]
    private AuthenticationStateProvider Identity { get; set; } = null!;

    [Inject]
    private ILogger<LivePage> Logger { get; set; } = null!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = null!;

    protected Guid OwnerId { get; private set; }

    protected bool IsAdmin { get; private set; }

    /// <summary>True once changes are followed: what is committed from then on shows.</summary>
    protected bool IsLive { get; private set; }

    /// <summary>True while what is shown may be old, because it could not be loaded again.</summary>
    protected bool IsStale { get; private set; }

    /// <summary>True where the page shows figures of machines, which come every ten seconds.</summary>
    protected virtual bool ShowsMetrics => false;

    protected abstract Task LoadAsync();

    public override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        if (!_loaded)
        {
            // Before the first render: what was rendered on the server stays until the circuit has the same to show.
            var person = (await Identity.GetAuthenticationStateAsync()).User;
            (OwnerId, IsAdmin) = (person.UserId(), person.IsAdmin());
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
        _live = new LiveReload(Feed, c => c.Concerns(OwnerId) || (c.IsMetrics && ShowsMetrics), ReloadAsync, SayStaleAsync, Logger);
    }

    private Task ReloadAsync() => InvokeAsync(async () =>
    {
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
        if (_live is not null)
            await _live.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private void OnIdentityChanged(Task<AuthenticationState> state) => InvokeAsync(async () =>
    {
        if ((await state).User.FindUserId() is null)
            Navigation.NavigateTo("/login", forceLoad: true);
    });
}
