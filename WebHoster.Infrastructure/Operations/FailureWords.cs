using WebHoster.Core.Errors;

namespace WebHoster.Infrastructure.Operations;

/// <summary>Turns what a tool said into what a customer understands. Paths and commands stay with the administrator.</summary>
public static class FailureWords
{
    private static readonly (string Sign, string Words)[] Known =
    [
        ("No space left on device", "The host's disk is full."),
        ("Disk quota exceeded", "The host's disk is full."),
        ("Cannot allocate memory", "The host has no memory left for it."),
        ("cannot set up guest memory", "The host has no memory left for it."),
        ("Failed to connect socket", "The host's virtualisation service is not running."),
        ("failed to connect to the hypervisor", "The host's virtualisation service is not running."),
        ("gave no answer within", "The host did not answer in time."),
    ];

    /// <param name="lead">The step's own sentence.</param>
    public static string For(string lead, Exception e)
    {
        var detail = DetailOf(e);
        var known = Known.FirstOrDefault(k => detail.Contains(k.Sign, StringComparison.OrdinalIgnoreCase)).Words;
        return $"{lead} {known ?? Own(e)}".TrimEnd();
    }

    /// <summary>For administrators: the command, its exit code and standard error where there are some.</summary>
    public static string DetailOf(Exception e) => e is HostException { Detail: { } detail } ? $"{e.Message}\n{detail}" : e.ToString();

    // A tool's message names files and commands of the host: those are in the detail.
    private static string Own(Exception e) => e switch
    {
        HostException { Detail: { } detail } when detail.Contains("exit code") => "The host refused it; its administrator can see why.",
        DomainException => e.Message,
        IOException or UnauthorizedAccessException => "A file on the host could not be read or written; its administrator can see which.",
        OperationCanceledException => "It took too long.",
        _ => "Something unexpected happened on the host; its administrator can see what.",
    };
}
