namespace WebHoster.Core.Files;

/// <summary>How an upload that is not whole yet is called, beside the file that it will be: <c>.name.part-</c> and the upload's id.</summary>
public static class PartName
{
    /// <summary>A part that nobody has written to for so long is given up.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    private const string Mark = ".part-";
    private const int IdLength = 32;

    public static string Of(string path, Guid upload) => GuestPath.Join(GuestPath.FolderOf(path), $".{GuestPath.NameOf(path)}{Mark}{upload:n}");

    public static bool Is(string name) => name.StartsWith('.') && name.Length > Mark.Length + IdLength + 1
        && name.AsSpan(name.Length - Mark.Length - IdLength, Mark.Length).SequenceEqual(Mark)
        && !name.AsSpan(name.Length - IdLength).ContainsAnyExcept("0123456789abcdef");
}
