using System.Diagnostics;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Errors;
using WebHoster.Core.Jobs;
using WebHoster.Core.Metrics;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Infrastructure.Operations;
using WebHoster.Infrastructure.Realtime;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Jobs;

/// <summary>The dashboard over operations and Quartz's jobs together, live.</summary>
public sealed partial class JobsPage(
    JobBoard board, JobList list, JobRequests requests, Interventions interventions, IDbContextFactory<WebHosterDb> factory)
{
    private const int RunsShown = 20;

    /// <summary>By itself what waits comes due and the charts move on: a heartbeat has all of it loaded so often.</summary>
    private static readonly TimeSpan ByItself = TimeSpan.FromSeconds(10);

    private readonly Stopwatch _sinceAll = new();
    private int _beats;
    private int _others;

    private JobState? _state;
    private JobCounts _counts = null!;
    private MetricRange _range;
    private Throughput? _throughput;
    private IReadOnlyList<JobSchedule> _jobs = [];
    private IReadOnlyList<Worker> _workers = [];
    private IReadOnlyList<JobRun> _runs = [];
    private IReadOnlyList<JobRow> _rows = [];
    private string? _next;
    private string? _open;
    private string? _problem;
    private string? _said;
    private bool _busy;

    /// <summary>Empty for the dashboard itself.</summary>
    [Parameter]
    public string? State { get; set; }

    [SupplyParameterFromQuery]
    public string? Cursor { get; set; }

    protected override TimeSpan Pause => TimeSpan.FromMilliseconds(500);

    protected override bool Concerns(Change change) => change.Kind switch
    {
        "worker" => Interlocked.Exchange(ref _beats, 1) >= 0,
        "operation" or "job" or "resync" => Interlocked.Exchange(ref _others, 1) >= 0,
        _ => false,
    };

    protected override void OnInitialized()
    {
        if (!RendererInfo.IsInteractive && State is not null && _state is null)
            Navigation.NotFound();
    }

    protected override async Task LoadAsync()
    {
        var (beats, others) = (Interlocked.Exchange(ref _beats, 0) > 0, Interlocked.Exchange(ref _others, 0) > 0);
        if (!beats || others || !_sinceAll.IsRunning || _sinceAll.Elapsed > ByItself)
            await LoadAllAsync();
        else if (_state is null)
            _workers = await list.ListWorkersAsync(CancellationToken.None);
    }

    private async Task LoadAllAsync()
    {
        // Until all of it has come nothing less will do.
        _sinceAll.Reset();
        _state = JobStateWords.Parse(State);
        _counts = await board.CountAsync(CancellationToken.None);
        _jobs = await list.ListAsync(CancellationToken.None);
        if (_state is { } state)
        {
            await LoadRowsAsync(state);
            _sinceAll.Start();
            return;
        }
        _throughput = await board.ReadThroughputAsync(_range, CancellationToken.None);
        _workers = await list.ListWorkersAsync(CancellationToken.None);
        _runs = _open is null ? [] : await list.ListRunsAsync(_open, RunsShown, CancellationToken.None);
        _sinceAll.Start();
    }

    private async Task LoadRowsAsync(JobState state)
    {
        await using var db = await factory.CreateDbContextAsync();
        try
        {
            (_rows, _next) = await JobRow.ReadPageAsync(JobRow.Of(db, state.Rows(db)), Cursor, CancellationToken.None);
        }
        catch (InvalidInputException)
        {
            // An address that somebody has made up: the list begins at its beginning.
            Cursor = null;
            (_rows, _next) = await JobRow.ReadPageAsync(JobRow.Of(db, state.Rows(db)), null, CancellationToken.None);
        }
    }

    private Task LookAtAllAsync()
    {
        Interlocked.Exchange(ref _others, 1);
        return LookAsync();
    }

    private Task ShowRangeAsync(MetricRange range)
    {
        _range = range;
        return LookAtAllAsync();
    }

    private Task ToggleAsync(string job)
    {
        _open = _open == job ? null : job;
        return LookAtAllAsync();
    }

    private Task RunAsync(string job) => AskAsync(() => requests.RunNowAsync(OwnerId, job, From, CancellationToken.None));

    private Task PauseAsync(string job) => AskAsync(() => requests.PauseAsync(OwnerId, job, From, CancellationToken.None));

    private Task ResumeAsync(string job) => AskAsync(() => requests.ResumeAsync(OwnerId, job, From, CancellationToken.None));

    private Task RetryAsync(IReadOnlyList<Guid> ids) => EachAsync(ids, id => interventions.RetryAsync(OwnerId, id, From, CancellationToken.None));

    private Task HurryAsync(IReadOnlyList<Guid> ids) => EachAsync(ids, id => interventions.HurryAsync(OwnerId, id, From, CancellationToken.None));

    private Task CancelAsync(IReadOnlyList<Guid> ids) => EachAsync(ids, id => interventions.CancelAsync(OwnerId, id, From, CancellationToken.None));

    /// <summary>What one of them objects to keeps the others from nothing.</summary>
    private Task EachAsync(IReadOnlyList<Guid> ids, Func<Guid, Task> act) => AskAsync(async () =>
    {
        var done = 0;
        foreach (var id in ids)
        {
            try
            {
                await act(id);
                done++;
            }
            catch (DomainException e)
            {
                _problem = e.Message;
            }
        }
        _said = done == 0 ? null : T.Count(done, "{0} operation was told.", "{0} operations were told.");
    });

    private async Task AskAsync(Func<Task> request)
    {
        if (_busy)
            return;
        (_busy, _problem, _said) = (true, null, null);
        _problem = await Refusals.OfAsync(request) ?? _problem;
        _busy = false;
        await LookAtAllAsync();
    }
}
