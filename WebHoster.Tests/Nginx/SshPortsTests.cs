using System.Net;
using System.Net.Sockets;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Nginx;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Nginx;

[Trait("Category", "Integration")]
public sealed class SshPortsTests : IAsyncLifetime
{
    private readonly NginxHost host = new();

    public Task InitializeAsync() => host.InitializeAsync();

    public Task DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task EveryPortOfTheFirstBlockLeadsToItsOwnGuestWithoutAnyReload()
    {
        var first = host.AddSshGuest(0);
        var last = host.AddSshGuest(99);

        using var toFirst = await ConnectAsync(0);
        using var toLast = await ConnectAsync(99);

        Assert.Equal(first.Banner, await ReadLineAsync(toFirst));
        Assert.Equal(last.Banner, await ReadLineAsync(toLast));
        Assert.True(await host.Proxy.AskSshAsync(host.Plan.Port(0), default));
        Assert.False(await host.Proxy.AskSshAsync(host.Plan.Port(1), default));
        Assert.False(await host.Proxy.AskSshAsync(host.Plan.Port(100), default));
    }

    [Fact]
    public async Task AHostingInAnOpenBlockChangesNothing()
    {
        var workers = KernelSockets.AcceptingWorkers(host.Ssh.RunningPid()!.Value);

        await host.Proxy.ApplyAsync(new RouteTable([host.Route("bob", 7)], [7]), default);

        // Not that both lists are the same: right after the start, nginx may not have all its workers yet.
        Assert.NotEmpty(workers);
        Assert.Empty(workers.Except(KernelSockets.AcceptingWorkers(host.Ssh.RunningPid()!.Value)));
    }

    [Fact]
    public async Task ASessionOutlivesTheOpeningOfABlock()
    {
        host.AddSshGuest(5);
        var far = host.AddSshGuest(234);
        using var session = await ConnectAsync(5);
        await ReadLineAsync(session);

        await host.Proxy.ApplyAsync(new RouteTable([], [5, 234]), default);

        using var other = await ConnectAsync(234);
        Assert.Equal(far.Banner, await ReadLineAsync(other));
        Assert.False(await host.Proxy.AskSshAsync(host.Plan.Port(134), default));
        await session.GetStream().WriteAsync("still here\n"u8.ToArray());
        Assert.Equal("still here", await ReadLineAsync(session));
    }

    [Fact]
    public async Task APortThatAForeignProcessHoldsIsLeftOutAndToldAndTakenOnceItIsFree()
    {
        var thief = new TcpListener(IPAddress.Loopback, host.Plan.Port(150));
        thief.Start();
        var guest = host.AddSshGuest(151);
        var table = new RouteTable([], [151]);

        await host.Proxy.ApplyAsync(table, default);

        Assert.Equal([150], host.Proxy.UnusableSlots);
        using (var session = await ConnectAsync(151))
            Assert.Equal(guest.Banner, await ReadLineAsync(session));
        Assert.True(await host.Proxy.IsAppliedAsync(table, default));

        thief.Stop();
        await host.Proxy.ApplyAsync(table, default);
        Assert.Empty(host.Proxy.UnusableSlots);
        Assert.Contains(host.Plan.Port(150), KernelSockets.ListeningPorts(host.Ssh.RunningPid()!.Value));
    }

    [Fact]
    public async Task AForeignPortIsSeenAlsoWhereNginxDoesNotListenYetAndItsHolderIsNamed()
    {
        using var thief = new TcpListener(IPAddress.Loopback, host.Plan.Port(150));
        thief.Start();

        Assert.Equal([150], host.Proxy.ForeignSlots([0, 99, 149, 150, 151]));
        Assert.EndsWith($"(process {Environment.ProcessId})", KernelSockets.OwnerOf(host.Plan.Port(150)));
        Assert.Null(KernelSockets.OwnerOf(host.Plan.Port(151)));

        await host.KillAsync(host.Ssh);
        Assert.Equal([150], host.Proxy.ForeignSlots([0, 99, 150]));
    }

    [Fact]
    public async Task AKilledSshNginxIsStartedAgainWhileOpenSessionsLiveOn()
    {
        host.AddSshGuest(5);
        using var session = await ConnectAsync(5);
        await ReadLineAsync(session);
        await host.KillAsync(host.Ssh);

        await host.Proxy.PrepareAsync(new RouteTable([], [5]), default);
        await host.StartAsync(host.Ssh);

        Assert.True(await host.Proxy.AskSshAsync(host.Plan.Port(5), default));
        await session.GetStream().WriteAsync("still here\n"u8.ToArray());
        Assert.Equal("still here", await ReadLineAsync(session));
    }

    private async Task<TcpClient> ConnectAsync(int slot)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, host.Plan.Port(slot));
        return client;
    }

    private static async Task<string> ReadLineAsync(TcpClient client)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var line = new List<byte>();
        var one = new byte[1];
        while (await client.GetStream().ReadAsync(one, limit.Token) == 1 && one[0] != '\n')
            line.Add(one[0]);
        return System.Text.Encoding.ASCII.GetString([.. line]).TrimEnd('\r');
    }
}
