using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using WebHoster.Tests.Fixtures;
using Xunit;
using Xunit.Abstractions;

namespace WebHoster.Tests.Files;

/// <summary>A gigabyte through the real portal, the worker's own socket and OpenSSH's SFTP server; no machine.</summary>
[Trait("Category", "Integration")]
public sealed class LargeUploadTests(PortalFixture portal, ITestOutputHelper output) : IClassFixture<PortalFixture>, IAsyncLifetime
{
    private const long Size = 1L << 30;
    private const string Path = "/var/www/html/large.bin";

    /// <summary>MiB. Blocks that are under way and what the collector has not looked at yet: far less than the file.</summary>
    private const long MostMemory = 160;

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(10) };
    private StreamHost _host = null!;
    private Person _owner = null!;
    private string _files = "";

    public async Task InitializeAsync()
    {
        _host = await StreamHost.StartAsync(portal.Database, portal.DataFolder);
        _owner = await Person.AddAsync(portal);
        var hosting = await (await _owner.CreateHostingAsync()).DataAsync();
        await portal.Engine.CreateAsync(_owner.Name);
        _files = $"hostings/{hosting.Text("id")}/files";
        _http.BaseAddress = new Uri(portal.Url, "/api/v1/");
        _http.DefaultRequestHeaders.Authorization = _owner.Http.DefaultRequestHeaders.Authorization;
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task AGigabyteThatIsCutInTheMiddleLeavesNoHalfFileGoesOnAndIsNeverInMemory()
    {
        var upload = Guid.NewGuid();
        (await _http.GetAsync(_files)).EnsureSuccessStatusCode();
        portal.ForgetPeak();
        var before = portal.MemoryMb;
        await CutInTheMiddleAsync(upload);

        Assert.False(File.Exists(Target));
        Assert.Empty((await (await _http.GetAsync(_files)).DataAsync()).GetProperty("files").EnumerateArray());
        var received = await ReceivedAsync(upload);
        Assert.InRange(received, Size / 4, Size - 1);

        var rest = new StreamContent(new PatternStream(received, Size));
        rest.Headers.TryAddWithoutValidation("Content-Range", $"bytes {received}-{Size - 1}/{Size}");
        rest.Headers.ContentLength = Size - received;
        var done = await _http.PutAsync($"{_files}/content?path={Path}&upload={upload}", rest);
        Assert.Equal(Size, (await done.DataAsync()).GetProperty("file").GetProperty("size").GetInt64());
        Assert.True(await PatternStream.IsInAsync(Target, Size), "The file is not what was sent.");
        Assert.Single(Directory.GetFiles(_host.Guest.WebRoot));

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"cut at {received >> 20} MiB; the portal had {before} MiB before and {portal.PeakMb} MiB at most"));
        Assert.InRange(portal.PeakMb - before, 0, MostMemory);
    }

    private string Target => System.IO.Path.Combine(_host.Guest.WebRoot, "large.bin");

    /// <summary>Promises all of it, sends half and breaks the connection.</summary>
    private async Task CutInTheMiddleAsync(Guid upload)
    {
        using var socket = new TcpClient("localhost", portal.Port);
        var head = $"PUT /api/v1/{_files}/content?path={Path}&upload={upload} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {_http.DefaultRequestHeaders.Authorization}\r\n"
            + $"Content-Type: application/octet-stream\r\nContent-Length: {Size}\r\n\r\n";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        await using (var half = new PatternStream(0, Size / 2))
            await half.CopyToAsync(socket.GetStream(), 1 << 20);
        socket.Client.LingerState = new LingerOption(true, 0);
        socket.Close();
        // The portal hears of the break a moment later; until then it may still be writing.
        for (long last = -1, now; (now = await ReceivedAsync(upload)) != last || now == 0; last = now)
            await Task.Delay(500);
    }

    private async Task<long> ReceivedAsync(Guid upload)
    {
        var answer = await _http.GetAsync($"{_files}/upload?path={Path}&upload={upload}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.DataAsync()).GetProperty("received").GetInt64();
    }
}
