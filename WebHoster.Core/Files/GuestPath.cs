using System.Text;
using WebHoster.Core.Errors;

namespace WebHoster.Core.Files;

/// <summary>Paths in a guest, as people may name them: absolute, with <c>/</c>, and without <c>.</c> and <c>..</c>.</summary>
public static class GuestPath
{
    /// <summary>Where the customer's site is.</summary>
    public const string WebRoot = "/var/www/html";

    private const int MaxBytes = 4095;
    private const int MaxNameBytes = 255;

    /// <summary>The folders that files can be reached in: the web root and the user's home.</summary>
    public static IReadOnlyList<string> Roots(string user) => [WebRoot, $"/home/{user}"];

    /// <exception cref="InvalidInputException">That is no path.</exception>
    public static string Clean(string? path, string field = "path")
    {
        if (path is not ['/', ..])
            throw new InvalidInputException(field, "A path begins with /, such as /var/www/html/index.html.");
        var names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (Encoding.UTF8.GetByteCount(path) > MaxBytes || names.Any(n => Encoding.UTF8.GetByteCount(n) > MaxNameBytes))
            throw new InvalidInputException(field, "That path is too long.");
        if (path.Contains('\0') || names.Any(n => n is "." or ".."))
            throw new InvalidInputException(field, "A path has no . or .. in it.");
        return "/" + string.Join('/', names);
    }

    public static bool IsWithin(string root, string path) => path == root || path.StartsWith(root + "/", StringComparison.Ordinal);

    /// <summary>The last part.</summary>
    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>Everything before the last part.</summary>
    public static string FolderOf(string path) => path.LastIndexOf('/') is > 0 and var end ? path[..end] : "/";

    public static string Join(string folder, string name) => folder == "/" ? $"/{name}" : $"{folder}/{name}";
}
