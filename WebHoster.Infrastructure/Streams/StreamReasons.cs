namespace WebHoster.Infrastructure.Streams;

/// <summary>Why the worker ends or refuses a stream: sentences for people, which pages show in their language.</summary>
public static class StreamReasons
{
    public const string Refused = "This ticket does not count.";
    public const string TooMany = "Too many windows of this hosting are open. Close one and try again.";
    public const string Deleting = "The hosting is being deleted.";
    public const string Idle = "Nothing has happened here for a while.";
    public const string Restarting = "WebHoster is being restarted.";

    public static IReadOnlyList<string> All { get; } = [Refused, TooMany, Deleting, Idle, Restarting];
}
