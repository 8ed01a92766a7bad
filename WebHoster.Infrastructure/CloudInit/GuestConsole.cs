namespace WebHoster.Infrastructure.CloudInit;

/// <summary>Who is logged in on a guest's serial console. The template's drop-in for <c>serial-getty@ttyS0</c> reads it.</summary>
public static class GuestConsole
{
    public const string SettingFile = "/etc/webhoster/console";

    /// <summary>For a shell that is root's, with "rows columns" as its argument. The kernel tells whatever runs there.</summary>
    public const string ResizeScript = "set -f; set -- $1; stty -F /dev/ttyS0 rows \"$1\" cols \"$2\"";

    /// <summary>The file's content.</summary>
    public static string SettingOf(string user) =>
        $"# Whoever opens the console in the portal is logged in as this user. Without this line it asks for a name.\nAUTOLOGIN=--autologin {user}\n";
}
