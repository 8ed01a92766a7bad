using System.Text.Json;
using WebHoster.Core.Drift;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Drift;
using WebHoster.Infrastructure.Jobs;

namespace WebHoster.Web.Commands;

/// <summary>
/// <c>fsck [--json] [--repair]</c>: 0 where nothing differs, 1 where something does, 2 where it could not look. With
/// <c>--repair</c> it mends what it can, and the answer is about the host afterwards.
/// </summary>
public static class CheckHost
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static async Task<int> RunAsync(IServiceProvider services, string[] args, CancellationToken ct)
    {
        if (args.Except(["--json", "--repair"]).Any())
            throw new InvalidInputException("arguments", "usage: fsck [--json] [--repair]");
        var json = args.Contains("--json");
        try
        {
            var fsck = services.GetRequiredService<Fsck>();
            var report = await fsck.RunAsync(ct);
            if (args.Contains("--repair") && !report.Clean)
            {
                var check = services.GetRequiredService<DriftCheck>();
                await RepairAsync(services, await check.RunAsync(null, ct), json, ct);
                report = await check.RunAsync(null, ct);
            }
            if (json)
                Console.WriteLine(JsonSerializer.Serialize(report, Json));
            else
                Print(report);
            return report.Clean ? 0 : Commands.Failed;
        }
        catch (Exception e) when (e is DomainException || e.IsDatabaseTrouble())
        {
            await Console.Error.WriteLineAsync(e.IsDatabaseTrouble()
                ? $"fsck could not look: PostgreSQL does not answer ({e.GetBaseException().Message}). Start it: ./webhoster up"
                : $"fsck could not look: {e.Message}");
            return Commands.CouldNotLook;
        }
    }

    private static async Task RepairAsync(IServiceProvider services, FsckReport report, bool quiet, CancellationToken ct)
    {
        var (repairs, ledger) = (services.GetRequiredService<Repairs>(), services.GetRequiredService<DriftLedger>());
        foreach (var difference in report.Differences)
        {
            var (status, words) = await repairs.TryMendAsync(difference, ct);
            await ledger.NoteRepairAsync(difference, services.GetRequiredService<WorkerIdentity>().Name, status, words, ct);
            if (!quiet)
                Console.WriteLine($"{difference.Kind}  {difference.Subject}: {Words(status, words)}");
        }
    }

    private static string Words(RepairStatus status, string? words) => status switch
    {
        RepairStatus.Repaired => "mended",
        RepairStatus.Left => "left for you to decide",
        _ => $"not mended: {words}",
    };

    private static void Print(FsckReport report)
    {
        foreach (var difference in report.Differences)
            Console.WriteLine($"{difference.Kind}  {difference.Subject}: {difference.Words}\n    {difference.Mend}");
        var pending = report.Pending > 0 ? $", pending: {report.Pending}" : "";
        Console.WriteLine(report.Clean
            ? $"clean: nothing differs (hostings: {report.Hostings}{pending})"
            : $"differences: {report.Differences.Count} (hostings: {report.Hostings}{pending})");
    }
}
