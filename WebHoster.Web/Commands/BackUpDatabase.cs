using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Backups;

namespace WebHoster.Web.Commands;

/// <summary><c>backup [FILE]</c>: makes one, and says where it is. Without a name it is one of those that are kept in the folder.</summary>
public static class BackUpDatabase
{
    public static async Task<int> RunAsync(IServiceProvider services, string[] args, CancellationToken ct)
    {
        var target = args switch
        {
            [] => null,
            [var file] when !file.StartsWith('-') => Path.GetFullPath(file),
            _ => throw new InvalidInputException("arguments", "usage: backup [FILE]"),
        };
        var made = await services.GetRequiredService<DatabaseBackup>().MakeAsync(target, ct);
        Console.WriteLine($"{made.Path}  {made.Bytes} bytes");
        return 0;
    }
}
