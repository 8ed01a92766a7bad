using WebHoster.Core.Accounts;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Web.Grids;
using WebHoster.Web.Paging;

namespace WebHoster.Web.Admin;

/// <summary>Everybody, live: what the address asks for of them.</summary>
public sealed partial class UsersPage(UserList users, UserChanges changes, Plans plans)
{
    private readonly HashSet<Guid> _chosen = [];
    private GridState _state = null!;
    private NumberedPage<AdminUserResource> _page = NumberedPage<AdminUserResource>.Empty;
    private IReadOnlyList<Plan> _plans = [];
    private string _bulkPlan = Plan.Standard;
    private string? _wrong;
    private Guid? _open;

    protected override IReadOnlySet<string> Kinds { get; } = new HashSet<string> { "hosting", "account" };

    private IEnumerable<(string, string)> States => [("false", T["Enabled"]), ("true", T["Disabled"])];

    private IEnumerable<(string, string)> RolesOfPeople => [("false", T["Customer"]), ("true", T["Administrator"])];

    private bool IsAllChosen => _page.Rows.All(u => _chosen.Contains(u.Id));

    protected override async Task LoadAsync()
    {
        _state = GridState.Of(Navigation.Uri, UserList.Listing.UsualSort);
        _plans = await plans.ListAsync(CancellationToken.None);
        try
        {
            (_page, _wrong) = (await users.ReadAsync(_state.Query, _state.Page, _state.Size, CancellationToken.None), null);
        }
        catch (InvalidInputException e)
        {
            (_page, _wrong) = (NumberedPage<AdminUserResource>.Empty, e.Message);
        }
        _chosen.IntersectWith(_page.Rows.Select(u => u.Id));
    }

    private void Choose(Guid id, bool chosen)
    {
        if (chosen)
            _chosen.Add(id);
        else
            _chosen.Remove(id);
    }

    private void ChooseAll(bool chosen)
    {
        _chosen.Clear();
        if (chosen)
            _chosen.UnionWith(_page.Rows.Select(u => u.Id));
    }

    private void Toggle(Guid id) => _open = _open == id ? null : id;

    private Task<string?> CheckPasswordAsync(string? password) => changes.CheckPasswordAsync(OwnerId, password, From, CancellationToken.None);

    private Task ChangeAsync(AdminUserResource user, UserChange change) =>
        AskAsync(async () => UserWords.Done(T, user, change, await changes.ApplyAsync(OwnerId, user.Id, change, From, CancellationToken.None)));

    private Task SetPlansAsync() => AskAsync(async () =>
    {
        var (accepted, refusals) = (0, new List<string>());
        foreach (var user in _page.Rows.Where(u => _chosen.Contains(u.Id)))
        {
            try
            {
                await changes.ApplyAsync(OwnerId, user.Id, new UserChange(UserChangeKind.Plan, Plan: _bulkPlan), From, CancellationToken.None);
                accepted++;
            }
            catch (DomainException e)
            {
                refusals.Add(e.Message);
            }
        }
        _chosen.Clear();
        return BulkWords.Of(T, T["Plan {0}", _bulkPlan], new BulkOutcome(accepted, refusals));
    });
}
