using Quartz;

namespace WebHoster.Infrastructure.Jobs;

/// <summary>One ring of the bell for one hosting.</summary>
public sealed class ReconcileJob(Engine engine) : IJob
{
    public static readonly JobKey Key = new("reconcile-hosting");

    private const string HostingId = "hosting_id";

    public static JobDataMap For(Guid hostingId) => new() { [HostingId] = hostingId.ToString() };

    public ValueTask Execute(IJobExecutionContext context, CancellationToken ct)
    {
        if (Guid.TryParse(context.MergedJobDataMap.GetString(HostingId), out var hostingId))
            engine.Ring(hostingId);
        return ValueTask.CompletedTask;
    }
}
