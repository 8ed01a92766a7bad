using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WebHoster.Infrastructure.Nginx;

/// <summary>Asks through the public ports, as a visitor on this host would.</summary>
internal sealed class PublicProbe(NginxSettings settings, int sitesPort, string host) : IDisposable
{
    private const int BodyLimit = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(3),
    })
    {
        Timeout = Patience,
    };

    /// <summary>Status 0 where nobody answered in time.</summary>
    public async Task<(int Status, string Body)> GetAsync(IPAddress listen, string path, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{SitesConfig.Bracketed(Reachable(listen))}:{sitesPort}{path}");
            request.Headers.Host = sitesPort == 80 ? host : $"{host}:{sitesPort}";
            // A kept connection would end at a worker of an older configuration.
            request.Headers.ConnectionClose = true;
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            await using var stream = await response.Content.ReadAsStreamAsync(limit.Token);
            var body = new byte[BodyLimit];
            var length = await stream.ReadAtLeastAsync(body, BodyLimit, throwOnEndOfStream: false, limit.Token);
            return ((int)response.StatusCode, Encoding.UTF8.GetString(body, 0, length));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return (0, "");
        }
    }

    public async Task<bool> ServesGenerationAsync(string generation, CancellationToken ct)
    {
        foreach (var address in settings.ListenAddresses())
        {
            var (status, body) = await GetAsync(address, "/.well-known/webhoster/generation", ct);
            if (status != 200 || body.TrimEnd() != generation)
                return false;
        }
        return true;
    }

    /// <summary>The first bytes that come from the port, or null where nobody takes the connection; "" where nothing was said.</summary>
    public async Task<string?> ReadBannerAsync(int port, bool wait, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        var listen = settings.ListenAddresses()[0];
        using var socket = new Socket(listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(Reachable(listen), port), limit.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return null;
        }
        if (!wait)
            return "";
        try
        {
            var bytes = new byte[255];
            var length = await socket.ReceiveAsync(bytes, limit.Token);
            return Encoding.ASCII.GetString(bytes, 0, length);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return "";
        }
    }

    public void Dispose() => http.Dispose();

    private static IPAddress Reachable(IPAddress listen) =>
        listen.Equals(IPAddress.Any) ? IPAddress.Loopback
        : listen.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
        : listen;
}
