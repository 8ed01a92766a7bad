using System.Text.Json;

namespace WebHoster.Infrastructure.Backups;

/// <summary>What a backup says of itself: the first thing in its file.</summary>
/// <param name="Format">This description's version.</param>
/// <param name="InstallId">Whose rows these are.</param>
/// <param name="Version">The program that made it.</param>
/// <param name="Migration">The last one that the database had.</param>
/// <param name="Server">PostgreSQL's version.</param>
/// <param name="Rows">How many rows each table had, in the very snapshot that was dumped.</param>
/// <param name="Files">SHA-256 of everything else in the file, in hexadecimal.</param>
public sealed record Manifest(
    int Format, Guid InstallId, string InstallName, string Version, DateTimeOffset CreatedAt, string Migration, string Server,
    IReadOnlyDictionary<string, long> Rows, IReadOnlyDictionary<string, string> Files)
{
    public const int CurrentFormat = 1;
    public const string Name = "manifest.json";

    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Options);

    /// <summary>Null where it is none.</summary>
    public static Manifest? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<Manifest>(json, Options) is { Rows: not null, Files: not null } whole ? whole : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
