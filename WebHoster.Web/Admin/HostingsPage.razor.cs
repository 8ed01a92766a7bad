using WebHoster.Core;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Web.Grids;
using WebHoster.Web.Hostings;
using WebHoster.Web.Languages;
using WebHoster.Web.Operations;
using WebHoster.Web.Paging;

namespace WebHoster.Web.Admin;

/// <summary>Everybody's hostings, live: what the address asks for of them.</summary>
public sealed partial class HostingsPage(HostingList hostings, HostingInterventions interventions)
{
    /// <summary>What several at once can be asked for: nothing that erases.</summary>
    private static readonly IReadOnlyList<OperationKind> Bulk = [OperationKind.Start, OperationKind.Stop, OperationKind.Restart];

    private readonly HashSet<Guid> _chosen = [];
    private GridState _state = null!;
    private NumberedPage<HostingList.Row> _page = NumberedPage<HostingList.Row>.Empty;
    private string? _wrong;
    private Guid? _open;

    protected override IReadOnlySet<string> Kinds { get; } = new HashSet<string> { "hosting", "account" };

    private IEnumerable<(string, string)> Statuses => Enum.GetValues<HostingStatus>().Select(s => (s.Word(), T[StatusLook.Of(s).Word]));

    private IEnumerable<(string, string)> Healths => Enum.GetValues<HostingHealth>().Select(h => (h.Word(), HealthWords.Of(T, h)));

    private bool IsAllChosen => _page.Rows.All(r => _chosen.Contains(r.Hosting.Id));

    protected override async Task LoadAsync()
    {
        _state = GridState.Of(Navigation.Uri, HostingList.Listing.UsualSort);
        try
        {
            (_page, _wrong) = (await hostings.ReadAsync(_state.Query, _state.Page, _state.Size, CancellationToken.None), null);
        }
        catch (InvalidInputException e)
        {
            (_page, _wrong) = (NumberedPage<HostingList.Row>.Empty, e.Message);
        }
        _chosen.IntersectWith(_page.Rows.Select(r => r.Hosting.Id));
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
            _chosen.UnionWith(_page.Rows.Select(r => r.Hosting.Id));
    }

    private void Toggle(Guid id) => _open = _open == id ? null : id;

    private Task ChangeAsync(HostingList.Row row, OperationKind kind) => AskAsync(async () =>
    {
        await interventions.ChangeAsync(OwnerId, row.Hosting.Id, kind, From, CancellationToken.None);
        return T["{0}: accepted for {1}.", T[ActivityWords.Of(kind)], row.Hosting.Slug];
    });

    private Task ChangeChosenAsync(OperationKind kind) => AskAsync(async () =>
    {
        // In the order of the page.
        var asked = _page.Rows.Select(r => r.Hosting.Id).Where(_chosen.Contains).ToList();
        var outcome = await interventions.ChangeAllAsync(OwnerId, asked, kind, From, CancellationToken.None);
        _chosen.Clear();
        return BulkWords.Of(T, T[ActivityWords.Of(kind)], outcome);
    });
}
