using System.Security.Cryptography;
using System.Text;

namespace WebHoster.Infrastructure.Nginx;

/// <summary>
/// All files of one configuration. Its generation is a hash of their content, so the same table gives the same generation
/// and rendering again changes nothing.
/// </summary>
/// <param name="Files">Content by relative path; <c>nginx.conf</c> is one of them.</param>
public sealed record RenderedSet(string Generation, IReadOnlyDictionary<string, string> Files)
{
    /// <summary>Stands for the generation while that is not yet known.</summary>
    public const string Placeholder = "@generation@";

    public const string Main = "nginx.conf";

    public string Configuration => Files[Main];

    /// <param name="files">Content by relative path.</param>
    /// <param name="custom">The host owner's drop-ins: not ours to write, but a change in them is a new generation.</param>
    public static RenderedSet Of(IReadOnlyDictionary<string, string> files, string custom)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, content) in files.OrderBy(f => f.Key, StringComparer.Ordinal))
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{content}\0"));
        hash.AppendData(Encoding.UTF8.GetBytes(custom));
        var generation = Convert.ToHexStringLower(hash.GetHashAndReset())[..16];

        return new RenderedSet(generation, files.ToDictionary(
            f => f.Key, f => f.Key == Main ? f.Value.Replace(Placeholder, generation, StringComparison.Ordinal) : f.Value));
    }

    /// <summary>Content of the drop-ins in <paramref name="folder"/>, in the order in which nginx includes them.</summary>
    public static string ReadCustom(string folder)
    {
        if (!Directory.Exists(folder))
            return "";
        var files = Directory.GetFiles(folder, "*.conf").Order(StringComparer.Ordinal);
        return string.Concat(files.Select(f => $"{Path.GetFileName(f)}\0{File.ReadAllText(f)}\0"));
    }
}
