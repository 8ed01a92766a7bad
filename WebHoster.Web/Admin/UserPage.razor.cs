using Microsoft.AspNetCore.Components;
using WebHoster.Core.Accounts;
using WebHoster.Infrastructure.Accounts;

namespace WebHoster.Web.Admin;

/// <summary>One person, as administrators see them.</summary>
public sealed partial class UserPage(PersonFile file, UserChanges changes, Plans plans)
{
    private Person? _person;
    private IReadOnlyList<Plan> _plans = [];

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
        _person = await file.ReadAsync(Id, CancellationToken.None);
        _plans = await plans.ListAsync(CancellationToken.None);
    }

    private Task ChangeAsync(UserChange change) =>
        AskAsync(async () => UserWords.Done(T, _person!.User, change, await changes.ApplyAsync(OwnerId, Id, change, null, CancellationToken.None)));
}
