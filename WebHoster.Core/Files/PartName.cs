using System.Security.Cryptography;
using System.Text;

namespace WebHoster.Core.Files;

/// <summary>How an upload that is not whole yet is called, beside the file that it will be: <c>.hash.part-</c> and the upload's id.</summary>
public static class PartName
{
    /// <summary>A part that nobody has written to for so long is given up.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    private const string Mark = ".part-";
    private const int IdLength = 32;

    // A hash: the name itself may be as long as a name can be already.
    public static string Of(string path, Guid upload) => GuestPath.Join(GuestPath.FolderOf(path), $".{HashOf(GuestPath.NameOf(path))}{Mark}{upload:n}");

    public static bool Is(string name) => name.StartsWith('.') && name.Length > Mark.Length + IdLength + 1
        && name.AsSpan(name.Length - Mark.Length - IdLength, Mark.Length).SequenceEqual(Mark)
        && !name.AsSpan(name.Length - IdLength).ContainsAnyExcept("0123456789abcdef");

    private static string HashOf(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 8));
}
