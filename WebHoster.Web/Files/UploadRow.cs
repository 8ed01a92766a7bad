using System.Text.Json.Serialization;

namespace WebHoster.Web.Files;

/// <summary>What wants to be seen most comes first.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<UploadState>))]
public enum UploadState { Running, Exists, Failed, Waiting, Done, Cancelled }

/// <summary>An upload as files.js tells of it. How far it is, the browser alone knows.</summary>
/// <param name="Key">By which files.js knows it.</param>
/// <param name="Name">With the folders that were dropped.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Message">What went wrong; empty where only the connection did.</param>
public sealed record UploadRow(string Key, string Name, long Size, UploadState State, string? Message = null)
{
    public bool IsUnfinished => State is UploadState.Running or UploadState.Waiting;
}

/// <summary>What a person wants with uploads.</summary>
/// <param name="Act">A function of files.js.</param>
public sealed record UploadWish(string Act, IReadOnlyList<string> Keys)
{
    public const string Cancel = "cancel";
    public const string Replace = "replace";
    public const string GoOn = "goOn";
    public const string Dismiss = "dismiss";
}
