using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WebHoster.Core.Errors;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Processes;
using WebHoster.Infrastructure.Settings;
using WebHoster.Infrastructure.Templates;

namespace WebHoster.Infrastructure.Nginx;

/// <summary>The one writer of both nginx instances. Level-triggered: the same table again is a question, not a reload.</summary>
public sealed class NginxReverseProxy : IReverseProxy, IDisposable
{
    private readonly SlotPlan plan;
    private readonly NginxSettings settings;
    private readonly SitesConfig sitesConfig;
    private readonly SshConfig sshConfig;
    private readonly InstanceWriter sites;
    private readonly InstanceWriter ssh;
    private readonly Leftovers leftovers;
    private readonly PublicProbe probe;
    private readonly WriterLock writer;
    private volatile IReadOnlyList<int> unusableSlots = [];

    public NginxReverseProxy(
        Nginx nginx, CommandRunner runner, TemplateRenderer renderer, PublicAddresses addresses, SlotPlan plan,
        IOptions<InstallSettings> install, IOptions<SitesSettings> sitesSettings, IOptions<NginxSettings> nginxSettings,
        IOptions<GuestSettings> guest, ILogger<NginxReverseProxy> logger)
    {
        (this.plan, settings, leftovers) = (plan, nginxSettings.Value, new Leftovers(runner));
        var (atSites, atSsh) = (NginxInstance.Sites(install.Value), NginxInstance.Ssh(install.Value));
        var patience = TimeSpan.FromSeconds(settings.ConfirmSeconds);
        probe = new PublicProbe(settings, sitesSettings.Value.Port, addresses.Host);
        writer = new WriterLock(Path.Combine(install.Value.Run, "nginx.lock"));
        sitesConfig = new SitesConfig(renderer, settings, guest.Value, sitesSettings.Value, addresses, atSites);
        sshConfig = new SshConfig(renderer, settings, guest.Value, plan, atSsh);
        sites = new InstanceWriter(atSites, nginx, (set, ct) => probe.ServesGenerationAsync(set.Generation, ct), patience, logger);
        ssh = new InstanceWriter(atSsh, nginx, TakesSshConnectionsAsync, patience, logger);
    }

    /// <summary>Slots of open blocks whose port a foreign process held when nginx was last written.</summary>
    public IReadOnlyList<int> UnusableSlots => unusableSlots;

    public Task ApplyAsync(RouteTable table, CancellationToken ct) => ApplyLatestAsync(_ => Task.FromResult(table), ct);

    /// <summary>
    /// Reads the table only when it is this caller's turn: two callers who read first could be served in the other order, and the
    /// older table would undo the newer.
    /// </summary>
    public async Task ApplyLatestAsync(Func<CancellationToken, Task<RouteTable>> readAsync, CancellationToken ct)
    {
        using var turn = await writer.TakeAsync(ct);
        var table = await readAsync(ct);
        var (sitesSet, sshSet) = Render(table);
        await BothAsync(() => ssh.ApplyAsync(sshSet, ct), () => sites.ApplyAsync(sitesSet, ct));
    }

    /// <summary>
    /// Before the instances are started: writes and tests their files, and clears away what a killed nginx left behind. Safe
    /// while they run, but does not reload them.
    /// </summary>
    /// <exception cref="HostException">nginx refused the configuration; the one before stays.</exception>
    public async Task PrepareAsync(RouteTable table, CancellationToken ct)
    {
        using var turn = await writer.TakeAsync(ct);
        await leftovers.ClearAsync(sites.Instance, ct);
        await leftovers.ClearAsync(ssh.Instance, ct);
        var (sitesSet, sshSet) = Render(table);
        await BothAsync(() => ssh.PrepareAsync(sshSet, ct), () => sites.PrepareAsync(sitesSet, ct));
    }

    public async Task<bool> IsAppliedAsync(RouteTable table, CancellationToken ct)
    {
        var (sitesSet, sshSet) = Render(table);
        return await ssh.ServesAsync(sshSet, ct) && await sites.ServesAsync(sitesSet, ct)
            && await probe.ServesGenerationAsync(sitesSet.Generation, ct);
    }

    public async Task<bool> KnowsSiteAsync(string slug, CancellationToken ct)
    {
        var store = new GenerationStore(sites.Instance);
        var running = await ControlSocket.AskGenerationAsync(sites.Instance, ct) ?? store.LastGood;
        return new[] { running, store.LastGood }.Any(g => store.ReadFile(g, SitesConfig.RoutesFile) is not { } map
            || map.Split('\n').Any(line => line.TrimStart().StartsWith($"{slug} ", StringComparison.Ordinal)));
    }

    /// <summary>Status 0 where nobody answered in time.</summary>
    public Task<(int Status, string Body)> AskSiteAsync(string slug, CancellationToken ct) =>
        probe.GetAsync(settings.ListenAddresses()[0], $"/{slug}/", ct);

    public async Task<bool> AskSshAsync(int port, CancellationToken ct) =>
        await probe.ReadBannerAsync(port, wait: true, ct) is { } banner && banner.StartsWith("SSH-", StringComparison.Ordinal);

    public void Dispose() => probe.Dispose();

    private (RenderedSet Sites, RenderedSet Ssh) Render(RouteTable table)
    {
        var sitesSet = sitesConfig.Render(table.Sites, RenderedSet.ReadCustom(sites.Instance));
        var ours = ssh.Instance.RunningPid() is { } pid ? KernelSockets.ListeningPorts(pid) : [];
        var addresses = settings.ListenAddresses();
        var usable = sshConfig.OpenSlots(table.SshSlots).ToLookup(s =>
            ours.Contains(plan.Port(s)) || addresses.All(a => KernelSockets.CanListen(a, plan.Port(s))));
        unusableSlots = [.. usable[false]];
        return (sitesSet, sshConfig.Render([.. usable[true]], RenderedSet.ReadCustom(ssh.Instance)));
    }

    /// <summary>The last open port stands for all: nginx takes every port of a configuration or none.</summary>
    private async Task<bool> TakesSshConnectionsAsync(RenderedSet set, CancellationToken ct) =>
        ssh.Instance.RunningPid() is { } pid
        && (KernelSockets.ListeningPorts(pid) is { Count: 0 } || await probe.ReadBannerAsync(LastPort(pid), wait: false, ct) is not null);

    private static int LastPort(int pid) => KernelSockets.ListeningPorts(pid).Max();

    /// <summary>Trouble with one instance must not keep the other from its configuration.</summary>
    private static async Task BothAsync(Func<Task> sshAsync, Func<Task> sitesAsync)
    {
        HostException? trouble = null;
        try
        {
            await sshAsync();
        }
        catch (HostException e)
        {
            trouble = e;
        }
        try
        {
            await sitesAsync();
        }
        catch (HostException e) when (trouble is not null)
        {
            throw new HostException($"{e.Message} {trouble.Message}", $"{e.Detail}\n{trouble.Detail}", e);
        }
        if (trouble is not null)
            throw trouble;
    }
}
