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

    /// <param name="custom">The host owner's drop-ins: copied along, so that the last good set is whole without them.</param>
    public static RenderedSet Of(IReadOnlyDictionary<string, string> files, IReadOnlyDictionary<string, string> custom)
    {
        var all = files.Concat(custom).ToDictionary();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, content) in all.OrderBy(f => f.Key, StringComparer.Ordinal))
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{content}\0"));
        var generation = Convert.ToHexStringLower(hash.GetHashAndReset())[..16];

        return new RenderedSet(generation, all.ToDictionary(
            f => f.Key, f => f.Value.Replace(Placeholder, generation, StringComparison.Ordinal)));
    }

    /// <summary>The drop-ins of an instance, by the path that they get within the set.</summary>
    public static IReadOnlyDictionary<string, string> ReadCustom(NginxInstance instance) =>
        Directory.Exists(instance.Custom)
            ? Directory.GetFiles(instance.Custom, "*.conf").ToDictionary(f => $"custom/{Path.GetFileName(f)}", File.ReadAllText)
            : new Dictionary<string, string>();
}
