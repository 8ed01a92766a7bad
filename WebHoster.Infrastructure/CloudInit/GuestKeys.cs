using WebHoster.Core.Ports;

namespace WebHoster.Infrastructure.CloudInit;

/// <summary>
/// Where WebHoster's part of the authorized keys is in a guest: a file of root's beside the user's own
/// <c>~/.ssh/authorized_keys</c>, which stays the customer's alone.
/// </summary>
public static class GuestKeys
{
    private const string Folder = "/etc/ssh/webhoster";

    /// <summary>sshd takes the first value that it reads, and reads this folder first.</summary>
    public const string SshdFile = "/etc/ssh/sshd_config.d/10-webhoster-keys.conf";

    public const string SshdLine = $"AuthorizedKeysFile .ssh/authorized_keys {Folder}/%u";

    /// <summary>
    /// For a shell that is root's, with the user's name as its argument and the keys on its standard input. Also right in a guest
    /// whose seed knew nothing of the file. What it has done survives a power cut: a key that was removed must not come back.
    /// </summary>
    public const string Script =
        $$"""
        set -eu
        umask 022
        mkdir -p {{Folder}}
        exec 9>{{Folder}}/.lock
        flock 9
        cat >"{{Folder}}/.$1.new"
        mv -f "{{Folder}}/.$1.new" "{{Folder}}/$1"
        if [ ! -e {{SshdFile}} ]; then
            echo '{{SshdLine}}' >{{SshdFile}}
            systemctl try-reload-or-restart ssh || { rm {{SshdFile}}; exit 1; }
        fi
        sync -f {{Folder}}
        """;

    public static string FileOf(string user) => $"{Folder}/{user}";

    /// <summary>The file's content.</summary>
    public static string TextOf(GuestSeed seed) =>
        $"# WebHoster writes this file anew whenever keys change. Your own additions go into ~/.ssh/authorized_keys.\n{seed.AuthorizedKeys}\n";
}
