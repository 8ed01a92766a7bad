using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using WebHoster.Core.Errors;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Files;

/// <summary>The real portal, the worker's own socket, OpenSSH's SFTP server: only the machine is missing.</summary>
[Trait("Category", "Integration")]
public sealed class FileApiTests(QuickPortalFixture portal) : IClassFixture<QuickPortalFixture>, IAsyncLifetime
{
    private const string Root = "/var/www/html";

    private StreamHost _host = null!;
    private Person _owner = null!;
    private string _files = "";

    public async Task InitializeAsync()
    {
        _host = await StreamHost.StartAsync(portal.Database, portal.DataFolder);
        _owner = await Person.AddAsync(portal);
        var hosting = await (await _owner.CreateHostingAsync()).DataAsync();
        await portal.Engine.CreateAsync(_owner.Name);
        _files = $"hostings/{hosting.GetProperty("id").GetString()}/files";
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task AFileIsUploadedListedDownloadedRenamedAndDeleted()
    {
        var put = await PutAsync("index.html", "<h1>mine</h1>"u8.ToArray());
        Assert.Equal(13, (await put.DataAsync()).GetProperty("file").GetProperty("size").GetInt64());
        Assert.Equal("<h1>mine</h1>", await File.ReadAllTextAsync(Path.Combine(_host.Guest.WebRoot, "index.html")));

        var list = await (await _owner.Http.GetAsync(_files)).DataAsync();
        Assert.Equal((Root, "index.html", "file"), (list.Text("path"), list.GetProperty("files")[0].Text("name"), list.GetProperty("files")[0].Text("kind")));

        using var part = new HttpRequestMessage(HttpMethod.Get, $"{_files}/content?path={Root}/index.html") { Headers = { Range = new RangeHeaderValue(4, 7) } };
        var download = await _owner.Http.SendAsync(part);
        Assert.Equal((HttpStatusCode.PartialContent, "mine"), (download.StatusCode, await download.Content.ReadAsStringAsync()));
        Assert.Equal("attachment", download.Content.Headers.ContentDisposition!.DispositionType);

        (await _owner.Http.PostAsJsonAsync($"{_files}/folders", new { path = $"{Root}/old" })).EnsureSuccessStatusCode();
        (await _owner.Http.PostAsJsonAsync($"{_files}/rename", new { from = $"{Root}/index.html", to = $"{Root}/old/a b&c.html" })).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.Conflict, (await _owner.Http.DeleteAsync($"{_files}?path={Root}/old")).StatusCode);
        var removed = await (await _owner.Http.DeleteAsync($"{_files}?path={Root}/old&recursive=true")).DataAsync();
        Assert.Equal(2, removed.GetProperty("removed").GetInt32());
        Assert.Empty(Directory.GetFileSystemEntries(_host.Guest.WebRoot));
        // Once for the session, not for each request.
        Assert.Equal(1, await portal.Database.ScalarAsync<long>(
            "select count(*) from audit_entries where action = 'hosting.files' and actor_name = @name and subject = @name and address is not null", ("name", _owner.Name)));
    }

    [Fact]
    public async Task ATransferEndsForADisabledPerson()
    {
        await using (var big = File.Create(Path.Combine(_host.Guest.WebRoot, "big.bin")))
            big.SetLength(256 << 20);
        using var download = await _owner.Http.GetAsync($"{_files}/content?path={Root}/big.bin", HttpCompletionOption.ResponseHeadersRead);
        await using var body = await download.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[1 << 20]);
        using var upload = new TcpClient("localhost", portal.Port);
        await StartUploadAsync(upload, RandomNumberGenerator.GetBytes(6 << 20), Guid.NewGuid());
        await portal.Database.ExecuteAsync("update users set disabled_at = now() where user_name = @name", ("name", _owner.Name));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        // The upload's end first, so that nobody reads the download meanwhile.
        await Assert.ThrowsAnyAsync<IOException>(() => upload.GetStream().ReadExactlyAsync(new byte[1], limit.Token).AsTask());
        await Assert.ThrowsAnyAsync<Exception>(() => body.CopyToAsync(Stream.Null, limit.Token));
        Assert.False(limit.IsCancellationRequested);
    }

    [Fact]
    public async Task AnUploadThatIsCutLeavesNoHalfFileAndGoesOnWhereItWas()
    {
        var (content, upload) = (RandomNumberGenerator.GetBytes(6 << 20), Guid.NewGuid());
        await CutAsync(content, upload);
        Assert.False(File.Exists(Path.Combine(_host.Guest.WebRoot, "big.bin")));
        Assert.Empty((await (await _owner.Http.GetAsync(_files)).DataAsync()).GetProperty("files").EnumerateArray());

        var at = await ReceivedAsync(upload);
        Assert.InRange(at, 1, content.Length - 1);
        var rest = await PutAsync("big.bin", content[(int)at..], upload, $"bytes {at}-{content.Length - 1}/{content.Length}");
        Assert.Equal(content.Length, (await rest.DataAsync()).GetProperty("file").GetProperty("size").GetInt64());
        Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(_host.Guest.WebRoot, "big.bin")));
        Assert.Single(Directory.GetFiles(_host.Guest.WebRoot));
    }

    [Fact]
    public async Task AMachineWhoseSshServerHangsIsToldOfInWords()
    {
        var (owner, hosting) = await _host.AddHostingAsync("silent");
        _host.Guest.FilesHang = true;
        var refusal = await Assert.ThrowsAsync<HostException>(() => _host.FileSessions(TimeSpan.FromSeconds(1)).OpenAsync(owner, hosting, null, default));
        Assert.Equal("The machine does not answer over SFTP. Look at its console, or restart it.", refusal.Message);
    }

    [Fact]
    public async Task AFilesNameMayBeAsLongAsItsDiskAllows()
    {
        var name = string.Concat(Enumerable.Repeat("가", 85)); // 255 bytes
        Assert.Equal(name, (await (await PutAsync(name, "long"u8.ToArray())).DataAsync()).GetProperty("file").Text("name"));
        Assert.Equal("long", await File.ReadAllTextAsync(Path.Combine(_host.Guest.WebRoot, name)));
    }

    [Fact]
    public async Task PiecesBelongTogetherAndBadOnesAreRefused()
    {
        var upload = Guid.NewGuid();
        var first = await (await PutAsync("p", "abc"u8.ToArray(), upload, "bytes 0-2/6")).DataAsync();
        Assert.Equal((3, System.Text.Json.JsonValueKind.Null), (first.GetProperty("received").GetInt64(), first.GetProperty("file").ValueKind));
        Assert.Equal(HttpStatusCode.Conflict, (await PutAsync("p", "f"u8.ToArray(), upload, "bytes 5-5/6")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync("p", "d"u8.ToArray(), null, "bytes 3-3/6")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync("p", "d"u8.ToArray(), upload, "lines 3-3/6")).StatusCode);
        (await PutAsync("p", "def"u8.ToArray(), upload, "bytes 3-5/6")).EnsureSuccessStatusCode();
        Assert.Equal("abcdef", await File.ReadAllTextAsync(Path.Combine(_host.Guest.WebRoot, "p")));

        using var careful = new HttpRequestMessage(HttpMethod.Put, $"{_files}/content?path={Root}/p") { Content = new ByteArrayContent([1]) };
        careful.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await _owner.Http.SendAsync(careful)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _owner.Http.GetAsync($"{_files}/content?path=/etc/passwd")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _owner.Http.GetAsync($"{_files}?path={Root}/../x")).StatusCode);
    }

    [Fact]
    public async Task AStrangersFilesDoNotExistAndATokenToReadDoesNotWrite()
    {
        var stranger = await Person.AddAsync(portal);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.Http.GetAsync(_files)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.Http.PutAsync($"{_files}/content?path={Root}/x", new ByteArrayContent([1]))).StatusCode);
        var reader = await _owner.WithTokenAsync(portal, "read");
        Assert.Equal(HttpStatusCode.OK, (await reader.Http.GetAsync(_files)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.Http.PutAsync($"{_files}/content?path={Root}/x", new ByteArrayContent([1]))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Person.Stranger(portal).GetAsync(_files)).StatusCode);
        await portal.Engine.SetAsync(_owner.Name, "stopped");
        Assert.Equal(HttpStatusCode.Conflict, (await _owner.Http.GetAsync(_files)).StatusCode);
    }

    [Fact]
    public async Task WithoutAWorkerItSaysSoAndOtherBodiesStaySmall()
    {
        await _host.StopAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await _owner.Http.GetAsync(_files)).StatusCode);
        var large = new StringContent("{\"path\":\"" + new string('x', 100 << 10) + "\"}", Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await _owner.Http.PostAsync($"{_files}/folders", large)).StatusCode);
    }

    private async Task<HttpResponseMessage> PutAsync(string name, byte[] content, Guid? upload = null, string? range = null)
    {
        var body = new ByteArrayContent(content);
        if (range is not null)
            body.Headers.TryAddWithoutValidation("Content-Range", range);
        return await _owner.Http.PutAsync($"{_files}/content?path={Root}/{name}{(upload is null ? "" : $"&upload={upload}")}", body);
    }

    private async Task<long> ReceivedAsync(Guid upload) =>
        (await (await _owner.Http.GetAsync($"{_files}/upload?path={Root}/big.bin&upload={upload}")).DataAsync()).GetProperty("received").GetInt64();

    /// <summary>Promises the whole file, sends a third and breaks the connection.</summary>
    private async Task CutAsync(byte[] content, Guid upload)
    {
        using var socket = new TcpClient("localhost", portal.Port);
        await StartUploadAsync(socket, content, upload);
        socket.Client.LingerState = new LingerOption(true, 0);
    }

    private async Task StartUploadAsync(TcpClient socket, byte[] content, Guid upload)
    {
        var head = $"PUT /api/v1/{_files}/content?path={Root}/big.bin&upload={upload} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {_owner.Http.DefaultRequestHeaders.Authorization}\r\n"
            + $"Content-Type: application/octet-stream\r\nContent-Length: {content.Length}\r\n\r\n";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        await socket.GetStream().WriteAsync(content.AsMemory(0, content.Length / 3));
        for (var until = DateTime.UtcNow.AddSeconds(30); await ReceivedAsync(upload) == 0 && DateTime.UtcNow < until;)
            await Task.Delay(50);
    }
}
