using System.Text.Json;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Drift;

namespace WebHoster.Web.Commands;

/// <summary><c>fsck [--json]</c>: 0 where nothing differs, 1 where something does, 2 where it could not look.</summary>
public static class CheckHost
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static async Task<int> RunAsync(IServiceProvider services, string[] args, CancellationToken ct)
    {
        var json = args is ["--json"];
        if (!json && args.Length > 0)
            throw new InvalidInputException("arguments", "usage: fsck [--json]");
        try
        {
            var report = await services.GetRequiredService<Fsck>().RunAsync(ct);
            if (json)
                Console.WriteLine(JsonSerializer.Serialize(report, Json));
            else
                Print(report);
            return report.Clean ? 0 : Commands.Failed;
        }
        catch (Exception e) when (e is DomainException || e.IsDatabaseTrouble())
        {
            await Console.Error.WriteLineAsync($"fsck could not look: {e.GetBaseException().Message}");
            return Commands.CouldNotLook;
        }
    }

    private static void Print(FsckReport report)
    {
        foreach (var difference in report.Differences)
            Console.WriteLine($"{difference.Kind}  {difference.Subject}: {difference.Words}\n    {difference.Mend}");
        var pending = report.Pending > 0 ? $", {report.Pending} pending" : "";
        Console.WriteLine(report.Clean
            ? $"clean: {report.Hostings} hostings{pending}, nothing differs"
            : $"{report.Differences.Count} differences in {report.Hostings} hostings{pending}");
    }
}
