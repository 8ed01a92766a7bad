using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using WebHoster.Core.Errors;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Nginx;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Nginx;

/// <summary>Another process has nginx's lock and does not give it back.</summary>
[Trait("Category", "Integration")]
public sealed class FrozenWriterTests : IAsyncLifetime
{
    private readonly NginxHost host = new();

    private string LockFile => Path.Combine(Path.GetDirectoryName(host.Sites.PidFile)!, "nginx.lock");

    public Task InitializeAsync() => host.InitializeAsync();

    public Task DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task AHolderThatIsStoppedForLongerThanALeaseIsEndedAndTheNextGetsThrough()
    {
        await using var worker = host.Build(("Engine:LeaseSeconds", "5"));
        using var holder = await HoldAsync();
        (await Shell.RunAsync("kill", "-STOP", $"{holder.Id}")).Ok();
        var watch = Stopwatch.StartNew();

        await worker.GetRequiredService<NginxReverseProxy>().ApplyAsync(new RouteTable([new("bob", null, "stopped")], []), default);

        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60));
        Assert.Equal(503, (await host.Proxy.AskSiteAsync("bob", default)).Status);
        await holder.WaitForExitAsync();
    }

    [Fact]
    public async Task AHolderThatWorksIsLeftAloneAndTheWaitEndsInTryAgain()
    {
        using var holder = await HoldAsync();
        var impatient = new WriterLock(LockFile, lease: TimeSpan.Zero, patience: TimeSpan.FromSeconds(2), NullLogger.Instance);

        var busy = await Assert.ThrowsAsync<HostBusyException>(() => impatient.TakeAsync(default));

        Assert.Contains($"held by process {holder.Id}", busy.Detail);
        Assert.False(holder.HasExited);
        holder.Kill();
        await holder.WaitForExitAsync();
        (await impatient.TakeAsync(default)).Dispose();
    }

    private async Task<Process> HoldAsync()
    {
        var holder = Process.Start("flock", ["--no-fork", LockFile, "sleep", "600"]);
        await Eventually.TrueAsync(() => LockHolders.Of(LockFile).Any(p => p.Pid == holder.Id));
        return holder;
    }
}
