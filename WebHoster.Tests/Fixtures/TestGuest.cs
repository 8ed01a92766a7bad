using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using WebHoster.Core.Errors;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Processes;
using Xunit;

namespace WebHoster.Tests.Fixtures;

/// <summary>
/// A guest's ends of its channels, without a guest: a UNIX socket for QEMU's serial port, and OpenSSH's own SFTP server in a mount namespace
/// in which <c>/home</c> and <c>/var</c> are folders of the test.
/// </summary>
internal sealed class TestGuest : IGuestChannels, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("webhoster-guest-").FullName;
    private readonly Channel<Socket> _callers = Channel.CreateUnbounded<Socket>();
    private readonly Channel<string> _sizes = Channel.CreateUnbounded<string>();
    private Socket? _serial;

    public TestGuest()
    {
        Directory.CreateDirectory(WebRoot);
        Directory.CreateDirectory(Path.Combine(_folder, "home", "ubuntu"));
    }

    /// <summary>Where the guest's <c>/var/www/html</c> really is.</summary>
    public string WebRoot => Path.Combine(_folder, "var", "www", "html");

    /// <summary>True where its SSH server takes the connection and says nothing.</summary>
    public bool FilesHang { get; set; }

    /// <summary>What the log of the serial line holds.</summary>
    public string Log { get; set; } = "";

    /// <summary>The next size that the guest is told.</summary>
    public async Task<string> SizeAsync() => await _sizes.Reader.ReadAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);

    private string SerialPath => Path.Combine(_folder, "console.sock");

    /// <summary>The machine is started: from now on its serial line can be connected to.</summary>
    public void Start()
    {
        File.Delete(SerialPath);
        _serial = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _serial.Bind(new UnixDomainSocketEndPoint(SerialPath));
        _serial.Listen();
        _ = AcceptAsync(_serial);
    }

    /// <summary>The guest's end of the line, as soon as somebody has connected.</summary>
    public async Task<Socket> LineAsync() => await _callers.Reader.ReadAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);

    public static Task SayAsync(Socket line, string text) => line.SendAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Reads what is typed up to <paramref name="end"/>.</summary>
    public static async Task<string> HearAsync(Socket line, string end)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var (text, buffer) = (new StringBuilder(), new byte[1024]);
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            var length = await line.ReceiveAsync(buffer, limit.Token);
            Assert.True(length > 0, $"The line ended after “{text}”.");
            text.Append(Encoding.UTF8.GetString(buffer, 0, length));
        }
        return text.ToString();
    }

    public void Stop(Socket line)
    {
        _serial!.Dispose();
        line.Dispose();
    }

    public async Task<Stream> OpenConsoleAsync(Guid machineId, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SerialPath), ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new HostException("The machine does not run.", e.Message, e);
        }
    }

    public Task<byte[]> ReadConsoleAsync(Guid machineId, int bytes, CancellationToken ct) => Task.FromResult(Encoding.UTF8.GetBytes(Log));

    public async Task ResizeConsoleAsync(Guid machineId, int columns, int rows, CancellationToken ct) =>
        await _sizes.Writer.WriteAsync($"{columns}x{rows}", ct);

    public Task<Stream> OpenFilesAsync(Guid machineId, IPAddress address, CancellationToken ct) => Task.FromResult<Stream>(FilesHang ? PipedProcess.Start("sleep", ["60"]) : PipedProcess.Start(
        "unshare", ["--mount", "sh", "-c", "mount --bind \"$1/home\" /home && mount --bind \"$1/var\" /var && exec /usr/lib/openssh/sftp-server", "sh", _folder]));

    public void Dispose()
    {
        _serial?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task AcceptAsync(Socket serial)
    {
        try
        {
            while (true)
                await _callers.Writer.WriteAsync(await serial.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The machine is stopped.
        }
    }
}
