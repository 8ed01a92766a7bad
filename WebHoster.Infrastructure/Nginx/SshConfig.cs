using System.Net;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Settings;
using WebHoster.Infrastructure.Templates;

namespace WebHoster.Infrastructure.Nginx;

/// <summary>
/// Renders the stream instance. A slot fixes port and address, so the result depends only on which blocks of slots are
/// open, never on a hosting: nobody's shell is touched by somebody else's.
/// </summary>
internal sealed class SshConfig(TemplateRenderer renderer, NginxSettings settings, GuestSettings guest, SlotPlan plan, NginxInstance instance)
{
    private const int BlockSize = 100;

    /// <summary>For sessions, control connections and what nginx itself needs.</summary>
    private const int SpareConnections = 8192;

    /// <summary>Logs and the like; sockets are counted as connections already.</summary>
    private const int SpareFiles = 1024;

    /// <summary>Every slot of every block that has a slot in use; the first block is always open.</summary>
    public IReadOnlyList<int> OpenSlots(IEnumerable<int> used) =>
    [
        .. used.Where(s => s >= 0 && s < plan.Count).Select(s => s / BlockSize).Append(0).Distinct().Order()
            .SelectMany(b => Enumerable.Range(b * BlockSize, BlockSize)).Where(s => s < plan.Count),
    ];

    /// <param name="slots">Open slots whose ports nginx can have, in order.</param>
    public RenderedSet Render(IReadOnlyList<int> slots, IReadOnlyDictionary<string, string> custom)
    {
        var addresses = settings.ListenAddresses();
        var connections = (slots.Count * addresses.Count) + SpareConnections;
        var files = new Dictionary<string, string>
        {
            ["ports.map"] = renderer.Render(Template("ports.map"), new
            {
                ports = slots.Select(s => new { port = $"{plan.Port(s)}", guest = $"{plan.Address(s)}:{guest.SshPort}" }).ToArray(),
            }),
            [RenderedSet.Main] = renderer.Render(Template("ssh.conf"), new
            {
                streamModule = File.Exists(settings.StreamModule) ? settings.StreamModule : "",
                user = settings.User,
                openFiles = $"{connections + SpareFiles}",
                connections = $"{connections}",
                pid = instance.PidFile,
                errorLog = instance.ErrorLog,
                accessLog = instance.AccessLog,
                generationFolder = $"{GenerationStore.FolderOf(instance)}/{RenderedSet.Placeholder}",
                generation = RenderedSet.Placeholder,
                controlSocket = instance.ControlSocket,
                hasPorts = slots.Count > 0,
                listen = addresses.SelectMany(a => Ranges(slots).Select(r => $"{SitesConfig.Bracketed(a)}:{r}")).ToArray(),
            }),
        };
        return RenderedSet.Of(files, custom);
    }

    private IEnumerable<string> Ranges(IReadOnlyList<int> slots)
    {
        for (var i = 0; i < slots.Count;)
        {
            var first = i;
            while (i + 1 < slots.Count && slots[i + 1] == slots[i] + 1)
                i++;
            yield return first == i ? $"{plan.Port(slots[i])}" : $"{plan.Port(slots[first])}-{plan.Port(slots[i])}";
            i++;
        }
    }

    private string Template(string name) => Path.Combine(settings.Templates, "templates", name);
}
