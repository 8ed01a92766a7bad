namespace WebHoster.Web.Files;

public enum UploadState { Running, Done, Exists, Failed, Cancelled }

/// <summary>An upload as the panel shows it. How far it is, the browser alone knows.</summary>
/// <param name="key">By which files.js knows it.</param>
/// <param name="size">Bytes.</param>
public sealed class UploadRow(string key, string name, long size)
{
    public string Key => key;

    public string Name => name;

    public long Size => size;

    public UploadState State { get; set; }

    /// <summary>What went wrong; empty where only the connection did.</summary>
    public string Message { get; set; } = "";
}
