using Microsoft.EntityFrameworkCore;
using WebHoster.Core;
using WebHoster.Core.Jobs;
using WebHoster.Core.Metrics;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;
using WebHoster.Web.Paging;

namespace WebHoster.Web.Jobs;

/// <summary>One run of a recurring job.</summary>
/// <param name="ErrorDetail">What the program said.</param>
public sealed record JobRunResource(
    string Worker, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, JobOutcome Outcome, string? Note, string? Error, string? ErrorDetail)
{
    public static JobRunResource Of(JobRun run) => new(run.Worker, run.StartedAt, run.FinishedAt, run.Outcome, run.Note, run.Error, run.ErrorDetail);
}

/// <summary>A recurring job.</summary>
/// <param name="State">Quartz's word for its trigger.</param>
/// <param name="PausedAt">Since when an administrator holds it; null where nobody does.</param>
public sealed record JobResource(
    string Name, double EverySeconds, string State, DateTimeOffset? LastRunAt, DateTimeOffset? NextRunAt, DateTimeOffset? PausedAt, JobRunResource? LastRun)
{
    public static JobResource Of(JobSchedule job) => new(
        job.Name, job.EverySeconds, job.State, job.LastRunAt, job.NextRunAt, job.PausedAt, job.LastRun is null ? null : JobRunResource.Of(job.LastRun));
}

/// <summary>A worker process.</summary>
/// <param name="LastSeenAt">Its last heartbeat; it has one every two seconds.</param>
/// <param name="Busy">On how many hostings it works now, of at most <paramref name="Parallelism"/>.</param>
public sealed record WorkerResource(
    string Name, string Host, string Version, WorkerState State, DateTimeOffset StartedAt, DateTimeOffset LastSeenAt, int Busy, int Parallelism)
{
    public static WorkerResource Of(Worker worker) => new(
        worker.Name, worker.Host, worker.Version, worker.State, worker.StartedAt, worker.SeenAt, worker.Busy, worker.Parallelism);
}

/// <summary>The dashboard: how many operations are where, what comes round by itself, and who does it.</summary>
public sealed record JobsResource(JobCounts Operations, IReadOnlyList<JobResource> Jobs, IReadOnlyList<WorkerResource> Workers);

/// <summary>How much ended over a time, step by step.</summary>
public sealed record ThroughputResource(MetricRange Range, DateTimeOffset From, DateTimeOffset To, int StepSeconds, IReadOnlyList<ThroughputPoint> Points);

/// <summary><c>/api/v1/admin/jobs</c>.</summary>
public static class JobsApi
{
    private static readonly Collection<JobRun> Runs = new Collection<JobRun>("-started_at", Collection<JobRun>.MaxLimit)
        .Sort("started_at", r => r.Id, r => r.Id)
        .Filter("outcome", (JobOutcome outcome) => r => r.Outcome == outcome);

    private delegate Task Change(Guid actor, string name, System.Net.IPAddress? from, CancellationToken ct);

    public static void MapJobsApi(this IEndpointRouteBuilder admin)
    {
        var jobs = admin.MapGroup("/jobs");
        jobs.MapGet("", ShowAsync).WithName("listJobs").WithSummary("Operations by state, recurring jobs, and the workers that do them")
            .Produces<Envelope<JobsResource>>();
        jobs.MapGet("/throughput", ThroughputAsync).WithName("throughput").WithSummary("How many operations and runs of jobs ended, step by step")
            .Takes(new QueryParameter("range", "hour where left out.", FilterValue.Words<MetricRange>()))
            .Produces<Envelope<ThroughputResource>>().ProducesProblem(StatusCodes.Status400BadRequest);
        jobs.MapGet("/{name}/runs", RunsAsync).WithName("listJobRuns").WithSummary("A recurring job's runs, newest first")
            .Pages<JobRun, JobRunResource>(Runs).ProducesProblem(StatusCodes.Status404NotFound);
        MapChange(jobs, "run", "Run a recurring job out of turn", "A worker runs it at once.", StatusCodes.Status202Accepted, r => r.RunNowAsync);
        MapChange(jobs, "pause", "Hold a recurring job", "It does not come round until it is resumed.", StatusCodes.Status200OK, r => r.PauseAsync);
        MapChange(jobs, "resume", "Let a recurring job come round again", "It comes round again.", StatusCodes.Status200OK, r => r.ResumeAsync);
    }

    private static async Task<IResult> ShowAsync(JobBoard board, JobList list, CancellationToken ct) => Results.Json(Envelope.Of(new JobsResource(
        await board.CountAsync(ct), [.. (await list.ListAsync(ct)).Select(JobResource.Of)], [.. (await list.ListWorkersAsync(ct)).Select(WorkerResource.Of)])));

    private static async Task<IResult> ThroughputAsync(HttpContext context, JobBoard board, CancellationToken ct)
    {
        var range = context.Request.Query.TryGetValue("range", out var word) ? FilterValue.Parse<MetricRange>("range", word.ToString()) : MetricRange.Hour;
        var read = await board.ReadThroughputAsync(range, ct);
        return Results.Json(Envelope.Of(new ThroughputResource(read.Range, read.From, read.To, (int)read.Step.TotalSeconds, read.Points)));
    }

    private static async Task<IResult> RunsAsync(string name, HttpContext context, JobList list, WebHosterDb db, CancellationToken ct)
    {
        await FindAsync(list, name, ct);
        return await Runs.Ask(db.JobRuns.AsNoTracking().Where(r => r.Job == name), context.Request.Query).AnswerAsync(context, JobRunResource.Of);
    }

    private static void MapChange(IEndpointRouteBuilder jobs, string verb, string summary, string done, int status, Func<JobRequests, Change> change) =>
        jobs.MapPost($"/{{name}}/{verb}", async (string name, HttpContext context, JobRequests requests, JobList list, CancellationToken ct) =>
            {
                await change(requests)(context.User.UserId(), name, context.From(), ct);
                return Results.Json(Envelope.Of(JobResource.Of(await FindAsync(list, name, ct)), done), statusCode: status);
            })
            .WithName($"{verb}Job").WithSummary(summary).Produces<Envelope<JobResource>>(status).ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<JobSchedule> FindAsync(JobList list, string name, CancellationToken ct) =>
        (await list.ListAsync(ct)).FirstOrDefault(j => j.Name == name) ?? throw new Core.Errors.NotFoundException("There is no such job.");
}
