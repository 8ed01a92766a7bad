using System.Diagnostics;
using Microsoft.Extensions.Logging;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Telemetry;

namespace WebHoster.Infrastructure.Nginx;

/// <summary>
/// Brings one running nginx to a rendered configuration. Exit codes prove nothing: <c>-t</c> and <c>reload</c> both answer 0
/// while the old configuration keeps serving because a port is taken. So the running nginx is asked.
/// </summary>
/// <param name="answersAsync">Whether the instance answers through its real port, for a generation.</param>
internal sealed class InstanceWriter(
    NginxInstance instance, Nginx nginx, Func<RenderedSet, CancellationToken, Task<bool>> answersAsync, TimeSpan patience, ILogger logger)
{
    private const int LogTail = 64 * 1024;
    private readonly GenerationStore store = new(instance);

    public NginxInstance Instance => instance;

    /// <summary>True where the running nginx says that it serves this set, and the disk holds it for its next start.</summary>
    public async Task<bool> ServesAsync(RenderedSet set, CancellationToken ct) =>
        store.Holds(set) && instance.RunningPid() is not null && await AskAsync(ct) == set.Generation;

    /// <summary>Puts the set on disk, tested by nginx but not loaded. The configuration stays as it was where nginx refuses.</summary>
    public async Task PrepareAsync(RenderedSet set, CancellationToken ct)
    {
        store.CreateFolders();
        OnDisk(() => store.Write(set));
        var test = await nginx.TestAsync(instance, store.Candidate, ct);
        if (!test.Ok)
        {
            store.DropCandidate();
            throw NginxWords.Refused(instance, test.Error);
        }
        store.Switch();
    }

    public async Task ApplyAsync(RenderedSet set, CancellationToken ct)
    {
        store.CreateFolders();
        if (!await ServesAsync(set, ct))
        {
            await PrepareAsync(set, ct);
            if (instance.RunningPid() is not { } master)
                throw NginxWords.NotRunning(instance, isServed: KernelSockets.HoldersOf(instance.ControlSocket).Count > 0);
            await ReloadAsync(set, master, ct);
        }
        OnDisk(() => store.MarkGood(set.Generation));
    }

    private void OnDisk(Action write)
    {
        try
        {
            write();
        }
        catch (IOException e)
        {
            throw NginxWords.NotWritten(Instance, e);
        }
    }

    private async Task ReloadAsync(RenderedSet set, int master, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        var logged = LogLength();
        var old = KernelSockets.AcceptingWorkers(master);
        await nginx.ReloadAsync(instance, ct);
        if (!await IsTakenAsync(set, master, old, logged, ct))
        {
            var log = ReadLog(logged);
            var loaded = await AskAsync(ct) == set.Generation;
            Tallies.NginxReloads.Add(1, instance.Name, "refused");
            await PutBackAsync(ct);
            throw loaded ? NginxWords.NotReached(instance, log) : NginxWords.NotTaken(instance, log);
        }
        Tallies.NginxReloads.Add(1, instance.Name, "confirmed");
        Tallies.NginxReloadSeconds.Observe(watch.Elapsed.TotalSeconds, instance.Name);
        logger.LogInformation("The {Instance} nginx serves {Generation} after {Milliseconds} ms",
            instance.Name, set.Generation, watch.ElapsedMilliseconds);
    }

    /// <summary>
    /// New workers answer before the old ones stop taking connections, so both are awaited: afterwards no visitor meets the
    /// old configuration.
    /// </summary>
    private async Task<bool> IsTakenAsync(RenderedSet set, int master, IReadOnlyList<int> old, long logged, CancellationToken ct)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < patience; await Task.Delay(20, ct))
        {
            if (await AskAsync(ct) == set.Generation
                && !KernelSockets.AcceptingWorkers(master).Intersect(old).Any()
                && await answersAsync(set, ct))
                return true;
            if (NginxWords.GaveUp(ReadLog(logged)))
                return false;
        }
        return false;
    }

    /// <summary>Puts the last good set back on disk, and into nginx should that run something else.</summary>
    private async Task PutBackAsync(CancellationToken ct)
    {
        if (!store.Restore() || await AskAsync(ct) == store.LastGood)
            return;
        try
        {
            await nginx.ReloadAsync(instance, ct);
        }
        catch (HostException e)
        {
            logger.LogError(e, "The {Instance} nginx could not be taken back to {Generation}", instance.Name, store.LastGood);
        }
    }

    private Task<string?> AskAsync(CancellationToken ct) => ControlSocket.AskGenerationAsync(instance, ct);

    private long LogLength() => File.Exists(instance.ErrorLog) ? new FileInfo(instance.ErrorLog).Length : 0;

    private string ReadLog(long from)
    {
        if (!File.Exists(instance.ErrorLog))
            return "";
        using var file = new FileStream(instance.ErrorLog, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Position = Math.Max(Math.Min(from, file.Length), file.Length - LogTail);
        return new StreamReader(file).ReadToEnd();
    }
}
