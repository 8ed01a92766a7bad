using Microsoft.AspNetCore.Components;
using WebHoster.Core.Accounts;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Web.Account;

namespace WebHoster.Web.Admin;

/// <summary>One person, as administrators see them.</summary>
public sealed partial class UserPage(PersonFile file, UserChanges changes, AccountLinks links, Plans plans)
{
    private Person? _person;

    /// <summary>Who was here while one looked.</summary>
    private string? _gone;

    private IReadOnlyList<Plan> _plans = [];
    private ResetLink? _link;

    [Parameter]
    public Guid Id { get; set; }

    protected override IReadOnlySet<string> Kinds { get; } = new HashSet<string> { "hosting", "account", "acting" };

    protected override void OnInitialized()
    {
        if (!RendererInfo.IsInteractive && _person is null)
            Navigation.NotFound();
    }

    protected override async Task LoadAsync()
    {
        _gone = _person?.User.Username ?? _gone;
        _person = await file.ReadAsync(Id, CancellationToken.None);
        _plans = await plans.ListAsync(CancellationToken.None);
    }

    private Task MakeLinkAsync() => AskAsync(async () =>
    {
        _link = await links.MakeResetAsync(OwnerId, Id, From, CancellationToken.None);
        return null;
    });

    private Task<string?> CheckPasswordAsync(string? password) => changes.CheckPasswordAsync(OwnerId, password, From, CancellationToken.None);

    private Task ChangeAsync(UserChange change) =>
        AskAsync(async () => UserWords.Done(T, _person!.User, change, await changes.ApplyAsync(OwnerId, Id, change, From, CancellationToken.None)));
}
