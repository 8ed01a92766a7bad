using System.Net.Sockets;
using System.Text;
using WebHoster.Core.Errors;
using WebHoster.Core.Streams;
using WebHoster.Infrastructure.Streams;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Streams;

/// <summary>The worker's own code over real UNIX sockets and a real PostgreSQL.</summary>
[Trait("Category", "Integration")]
public sealed class StreamSocketTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("webhoster-streams-").FullName;
    private StreamHost _host = null!;
    private Guid _owner, _hosting;

    public async Task InitializeAsync()
    {
        _host = await StreamHost.StartAsync(postgres, _folder, "Streams:ConsolesPerHosting=3");
        (_owner, _hosting) = await _host.AddHostingAsync(Person.NewName());
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task EveryWindowSeesTheSameConsoleFromItsPastOnAndOnlyThoseMayTypeWhoAsked()
    {
        _host.Guest.Log = "it booted\r\n";
        _host.Guest.Start();
        await using var one = await OpenAsync(StreamPurpose.Console);
        Assert.EndsWith("[connected]it booted\r\n[live]", await HearAsync(one, "[live]"));
        var guest = await _host.Guest.LineAsync();
        await using var two = await OpenAsync(StreamPurpose.ConsoleView);
        Assert.EndsWith("[connected]it booted\r\n[live]", await HearAsync(two, "[live]"));

        await TestGuest.SayAsync(guest, "login: ");
        Assert.Equal("login: ", await HearAsync(one, "login: "));
        Assert.Equal("login: ", await HearAsync(two, "login: "));
        await two.WriteDataAsync(Encoding.UTF8.GetBytes("rm -rf /\n"), default);
        await one.WriteDataAsync(Encoding.UTF8.GetBytes("echo hello\n"), default);
        Assert.Equal("echo hello\n", await TestGuest.HearAsync(guest, "\n"));

        await using var three = await OpenAsync(StreamPurpose.Console);
        Assert.EndsWith("[connected]it booted\r\nlogin: [live]", await HearAsync(three, "[live]"));
    }

    [Fact]
    public async Task AConsoleOutlivesItsMachinesStops()
    {
        await using var window = await OpenAsync(StreamPurpose.Console);
        Assert.Equal("[waiting]", await HearAsync(window, "[waiting]"));
        _host.Guest.Log = "first boot";
        _host.Guest.Start();
        Assert.Equal("[connected]first boot[live]", await HearAsync(window, "[live]"));
        _host.Guest.Log = "second boot";
        _host.Guest.Stop(await _host.Guest.LineAsync());
        Assert.Equal("[waiting]", await HearAsync(window, "[waiting]"));
        _host.Guest.Start();
        Assert.Equal("[connected]second boot[live]", await HearAsync(window, "[live]"));
    }

    [Fact]
    public async Task TheGuestIsToldTheWindowsSizeAndNonsenseIsNot()
    {
        _host.Guest.Start();
        await using var window = await OpenAsync(StreamPurpose.Console);
        await HearAsync(window, "[live]");
        foreach (var text in new[] { "nonsense", """{"columns":0,"rows":24}""", """{"columns":100000,"rows":24}""", """{"columns":132,"rows":43}""" })
            await window.WriteAsync(FrameKind.Control, text, default);
        Assert.Equal("132x43", await _host.Guest.SizeAsync());
    }

    [Fact]
    public async Task ATicketCountsOnceAndForItsOwnerAndNotForLong()
    {
        await Assert.ThrowsAsync<NotFoundException>(() => _host.Streams.OpenAsync(Guid.NewGuid(), _hosting, StreamPurpose.Console, null, default));

        var used = await _host.Tickets.IssueAsync(_owner, _hosting, StreamPurpose.ConsoleView, null, default);
        await using (var first = await ShowAsync(used + "\n"))
            Assert.Equal("[waiting]", await HearAsync(first, "]"));
        await AssertRefusedAsync(used + "\n");

        var late = await _host.Tickets.IssueAsync(_owner, _hosting, StreamPurpose.ConsoleView, null, default);
        await postgres.ExecuteAsync("update stream_tickets set expires_at = now() - interval '1 second'");
        await AssertRefusedAsync(late + "\n");
        Assert.Equal(0L, await postgres.ScalarAsync<long>("select count(*) from stream_tickets"));
        await AssertRefusedAsync(new string('0', TicketText.Length) + "\n");
        await AssertRefusedAsync(new string('~', TicketText.Length) + "\n");
        await AssertRefusedAsync(new string('A', 4096));
    }

    [Fact]
    public async Task WhoSaysNothingIsHungUpOnAndHoldsNobodyUp()
    {
        var silent = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => ShowAsync("")));
        _host.Guest.Start();
        await using var window = await OpenAsync(StreamPurpose.Console); // waits behind the silent ones, for as long as these may be silent
        await HearAsync(window, "[live]");
        foreach (var line in silent)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            Assert.Null(await line.ReadAsync(limit.Token));
            await line.DisposeAsync();
        }
    }

    [Fact]
    public async Task AHostingHasSoManyWindowsAndItsDeletionEndsThemAll()
    {
        var windows = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => OpenAsync(StreamPurpose.ConsoleView)));
        foreach (var window in windows)
            await HearAsync(window, "[waiting]");
        await using (var fourth = await OpenAsync(StreamPurpose.ConsoleView))
            Assert.StartsWith("[end: Too many", await HearAsync(fourth, "]"));

        await postgres.ExecuteAsync("update hostings set status = 'deleting' where id = @id", ("id", _hosting));
        foreach (var window in windows)
        {
            Assert.Equal($"[end: {StreamReasons.Deleting}]", await HearAsync(window, "]"));
            await window.DisposeAsync();
        }
        await Assert.ThrowsAsync<ConflictException>(() => OpenAsync(StreamPurpose.Console));
    }

    [Fact]
    public void TheSocketIsForItsOwnerAndGroup() => Assert.Equal(
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, File.GetUnixFileMode(_host.SocketPath));

    private Task<FrameLine> OpenAsync(StreamPurpose purpose) => _host.Streams.OpenAsync(_owner, _hosting, purpose, null, default);

    private async Task AssertRefusedAsync(string text)
    {
        await using var line = await ShowAsync(text);
        Assert.Equal($"[end: {StreamReasons.Refused}]", await HearAsync(line, "]"));
    }

    private async Task<FrameLine> ShowAsync(string text)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_host.SocketPath));
        await socket.SendAsync(Encoding.Latin1.GetBytes(text));
        return new FrameLine(new NetworkStream(socket, ownsSocket: true));
    }

    /// <summary>What comes, states and ends in brackets, up to <paramref name="end"/>.</summary>
    private static async Task<string> HearAsync(FrameLine line, string end)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var heard = "";
        while (!heard.EndsWith(end, StringComparison.Ordinal))
        {
            var frame = await line.ReadAsync(limit.Token);
            Assert.True(frame is not null, $"The line ended after “{heard}”.");
            var text = Encoding.UTF8.GetString(frame.Payload.Span);
            heard += frame.Kind switch { FrameKind.Control => $"[{text.Split('"')[3]}]", FrameKind.End => $"[end: {text}]", _ => text };
        }
        return heard;
    }
}
