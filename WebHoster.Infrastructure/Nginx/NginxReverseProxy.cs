using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WebHoster.Core.Errors;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Processes;
using WebHoster.Infrastructure.Settings;
using WebHoster.Infrastructure.Telemetry;
using WebHoster.Infrastructure.Templates;

namespace WebHoster.Infrastructure.Nginx;

/// <summary>The one writer of both nginx instances. Level-triggered: the same table again is a question, not a reload.</summary>
public sealed class NginxReverseProxy : IReverseProxy, IDisposable
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromMinutes(2);

    private readonly SlotPlan plan;
    private readonly NginxSettings settings;
    private readonly SitesConfig sitesConfig;
    private readonly SshConfig sshConfig;
    private readonly InstanceWriter sites;
    private readonly InstanceWriter ssh;
    private readonly Leftovers leftovers;
    private readonly PublicProbe probe;
    private readonly WriterLock writer;
    private readonly SharedRun<Func<CancellationToken, Task<RouteTable>>> latest;
    private readonly RouteScreen screen;
    private readonly ILogger logger;
    private volatile IReadOnlyList<int> unusableSlots = [];
    private volatile IReadOnlyList<QuarantinedRoute> quarantined = [];

    public NginxReverseProxy(
        Nginx nginx, CommandRunner runner, TemplateRenderer renderer, PublicAddresses addresses, SlotPlan plan,
        IOptions<InstallSettings> install, IOptions<SitesSettings> sitesSettings, IOptions<NginxSettings> nginxSettings,
        IOptions<GuestSettings> guest, IOptions<EngineSettings> engine, ILogger<NginxReverseProxy> logger)
    {
        (this.plan, settings, leftovers, this.logger) = (plan, nginxSettings.Value, new Leftovers(runner), logger);
        var (atSites, atSsh) = (NginxInstance.Sites(install.Value), NginxInstance.Ssh(install.Value));
        var patience = TimeSpan.FromSeconds(settings.ConfirmSeconds);
        probe = new PublicProbe(settings, sitesSettings.Value.Port, addresses.Host);
        writer = new WriterLock(
            Path.Combine(install.Value.Run, "nginx.lock"), TimeSpan.FromSeconds(engine.Value.LeaseSeconds), LockPatience, logger);
        latest = new SharedRun<Func<CancellationToken, Task<RouteTable>>>(
            writer.TakeAsync, async (readAsync, ct) => await WriteAsync(await readAsync(ct), ct));
        screen = new RouteScreen(plan);
        sitesConfig = new SitesConfig(renderer, settings, guest.Value, sitesSettings.Value, addresses, screen, atSites);
        sshConfig = new SshConfig(renderer, settings, guest.Value, plan, atSsh);
        sites = new InstanceWriter(atSites, nginx, (set, ct) => probe.ServesGenerationAsync(set.Generation, ct), patience, logger);
        ssh = new InstanceWriter(atSsh, nginx, TakesSshConnectionsAsync, patience, logger);
    }

    /// <summary>Slots of open blocks whose port a foreign process held when nginx was last written.</summary>
    public IReadOnlyList<int> UnusableSlots => unusableSlots;

    /// <summary>Routes that were left out when nginx was last written.</summary>
    public IReadOnlyList<QuarantinedRoute> Quarantined => quarantined;

    /// <summary>This very table, in a run of its own.</summary>
    public async Task ApplyAsync(RouteTable table, CancellationToken ct)
    {
        using var turn = await writer.TakeAsync(ct);
        await WriteAsync(table, ct);
    }

    public Task ApplyLatestAsync(Func<CancellationToken, Task<RouteTable>> readAsync, CancellationToken ct) => latest.JoinAsync(readAsync, ct);

    public IReadOnlyList<QuarantinedRoute> Quarantine(RouteTable table) => screen.Sort(table.Sites).Bad;

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
        NoteQuarantine(table);
        var (sitesSet, sshSet) = Render(table);
        await BothAsync(() => ssh.PrepareAsync(sshSet, ct), () => sites.PrepareAsync(sitesSet, ct));
    }

    public IReadOnlySet<int> ForeignSlots(IEnumerable<int> slots)
    {
        var (ours, addresses) = (OurSshPorts(), settings.ListenAddresses());
        var taken = slots.Where(s => !ours.Contains(plan.Port(s)) && !addresses.All(a => KernelSockets.CanListen(a, plan.Port(s)))).ToHashSet();
        // nginx itself may have taken them between the two looks.
        if (taken.Count > 0)
            taken.ExceptWith(OurSshPorts().Select(p => p - plan.FirstPort));
        return taken;
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
            || map.Split('\n').Any(line => line.TrimStart().StartsWith($"/{slug} ", StringComparison.Ordinal)));
    }

    /// <summary>Status 0 where nobody answered in time.</summary>
    public Task<(int Status, string Body)> AskSiteAsync(string slug, CancellationToken ct) =>
        probe.GetAsync(settings.ListenAddresses()[0], $"/{slug}/", ct);

    public async Task<bool> AskSshAsync(int port, CancellationToken ct) =>
        await probe.ReadBannerAsync(port, wait: true, ct) is { } banner && banner.StartsWith("SSH-", StringComparison.Ordinal);

    public void Dispose() => probe.Dispose();

    private async Task WriteAsync(RouteTable table, CancellationToken ct)
    {
        NoteQuarantine(table);
        var (sitesSet, sshSet) = Render(table);
        await BothAsync(() => ssh.ApplyAsync(sshSet, ct), () => sites.ApplyAsync(sitesSet, ct));
    }

    private void NoteQuarantine(RouteTable table)
    {
        var before = quarantined;
        quarantined = Quarantine(table);
        Tallies.NginxQuarantined.Set(quarantined.Count);
        foreach (var route in quarantined.Except(before))
            logger.LogError("The route of {Slug} is left out of nginx: {Reason}", route.Slug, route.Reason);
    }

    private (RenderedSet Sites, RenderedSet Ssh) Render(RouteTable table)
    {
        var sitesSet = sitesConfig.Render(table.Sites, RenderedSet.ReadCustom(sites.Instance));
        var open = sshConfig.OpenSlots(table.SshSlots);
        var foreign = ForeignSlots(open);
        unusableSlots = [.. open.Where(foreign.Contains)];
        return (sitesSet, sshConfig.Render([.. open.Where(s => !foreign.Contains(s))], RenderedSet.ReadCustom(ssh.Instance)));
    }

    /// <summary>Ports of nginx, or of the workers that a killed one has left behind.</summary>
    private HashSet<int> OurSshPorts() => ssh.Instance.RunningPid() is { } pid
        ? KernelSockets.ListeningPorts(pid)
        : [.. KernelSockets.HoldersOf(ssh.Instance.ControlSocket).SelectMany(KernelSockets.ListeningPorts)];

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
