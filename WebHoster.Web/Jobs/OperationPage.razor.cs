using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Operations;
using WebHoster.Infrastructure.Realtime;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Jobs;

/// <summary>One operation, whoever's: its steps, its log, what the tools said, and what can be done about it.</summary>
public sealed partial class OperationPage(
    HostingQueries queries, ActivityQueries activities, Interventions interventions, IDbContextFactory<WebHosterDb> factory, TimeProvider clock)
{
    private const int Others = 10;

    private JobRow? _row;
    private IReadOnlyList<OperationEvent> _log = [];
    private IReadOnlyList<Operation> _others = [];
    private string? _problem;
    private bool _busy;
    private bool _hasHosting;

    [Parameter]
    public Guid Id { get; set; }

    private bool IsPutOff => _row is { Operation.IsUnfinished: true, NextTryAt: { } next } && next > clock.GetUtcNow();

    protected override TimeSpan Pause => TimeSpan.FromMilliseconds(200);

    protected override bool Concerns(Change change) =>
        change == Change.Resync || (change.HostingId != Guid.Empty && change.HostingId == _row?.Operation.HostingId);

    protected override void OnInitialized()
    {
        if (!RendererInfo.IsInteractive && _row is null)
            Navigation.NotFound();
    }

    protected override async Task LoadAsync()
    {
        await using var db = await factory.CreateDbContextAsync();
        _row = await JobRow.Of(db, db.Operations.Where(o => o.Id == Id)).SingleOrDefaultAsync();
        if (_row is null)
            return;
        _hasHosting = await db.Hostings.AnyAsync(h => h.Id == _row.Operation.HostingId);
        _log = await queries.ListEventsAsync(Id, 0);
        _others = [.. (await activities.ListAsync(_row.Operation.OwnerId, _row.Operation.HostingId, Others)).Where(o => o.Id != Id)];
    }

    private Task RetryAsync() => AskAsync(async () =>
    {
        var again = await interventions.RetryAsync(OwnerId, Id, From, CancellationToken.None);
        Navigation.NavigateTo($"/admin/operations/{again.Id}", forceLoad: true);
    });

    private Task HurryAsync() => AskAsync(() => interventions.HurryAsync(OwnerId, Id, From, CancellationToken.None));

    private Task CancelAsync() => AskAsync(() => interventions.CancelAsync(OwnerId, Id, From, CancellationToken.None));

    private async Task AskAsync(Func<Task> request)
    {
        if (_busy)
            return;
        (_busy, _problem) = (true, null);
        _problem = await Refusals.OfAsync(request);
        _busy = false;
        await LookAsync();
    }
}
