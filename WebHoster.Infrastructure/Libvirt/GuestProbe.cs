using System.Net;
using System.Net.Sockets;
using System.Text;
using WebHoster.Core.Ports;

namespace WebHoster.Infrastructure.Libvirt;

/// <summary>Asks one address over HTTP and SSH. No redirects, no cookies, capped in time and size: the guest is a stranger.</summary>
public static class GuestProbe
{
    public const int MaxBody = 64 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private static readonly HttpClient Http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = Timeout,
        PooledConnectionLifetime = TimeSpan.Zero,
    });

    public static async Task<GuestAnswer> AskAsync(IPAddress address, int httpPort, int sshPort, CancellationToken ct)
    {
        var http = AskHttpAsync(new Uri($"http://{address}:{httpPort}/"), ct);
        var ssh = AskSshAsync(new IPEndPoint(address, sshPort), ct);
        var (status, body) = await http;
        return new GuestAnswer(status != 0, body, await ssh);
    }

    /// <summary>Status 0 where nothing answered.</summary>
    public static async Task<(int Status, string Body)> AskHttpAsync(Uri url, CancellationToken ct)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(Timeout);
            using var response = await Http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            await using var stream = await response.Content.ReadAsStreamAsync(limit.Token);
            var buffer = new byte[MaxBody];
            var length = await stream.ReadAtLeastAsync(buffer, MaxBody, throwOnEndOfStream: false, limit.Token);
            return ((int)response.StatusCode, Encoding.UTF8.GetString(buffer, 0, length));
        }
        catch (Exception e) when (IsSilence(e) && !ct.IsCancellationRequested)
        {
            return (0, "");
        }
    }

    public static async Task<bool> AskSshAsync(IPEndPoint endpoint, CancellationToken ct)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(Timeout);
            using var client = new TcpClient(endpoint.AddressFamily);
            await client.ConnectAsync(endpoint, limit.Token);
            var banner = new byte[4];
            await client.GetStream().ReadExactlyAsync(banner, limit.Token);
            return banner.AsSpan().SequenceEqual("SSH-"u8);
        }
        catch (Exception e) when (IsSilence(e) && !ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private static bool IsSilence(Exception e) =>
        e is HttpRequestException or IOException or SocketException or OperationCanceledException;
}
