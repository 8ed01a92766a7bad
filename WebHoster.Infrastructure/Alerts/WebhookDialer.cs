using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Alerts;

/// <summary>A webhook's host has an address that alerts do not go to.</summary>
public sealed class ForbiddenTargetException(string message) : IOException(message);

/// <summary>
/// Connects to webhooks, and to none within the house. It decides by the address that it then connects to itself: a name that says something else
/// a moment later gains nothing.
/// </summary>
public sealed class WebhookDialer(IOptions<AlertSettings> settings, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve = resolve ?? Dns.GetHostAddressesAsync;

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="ForbiddenTargetException">No address of the host may be connected to.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = await AddressesOfAsync(host, ct);
        var allowed = addresses.Where(a => Permits(host, a)).ToArray();
        if (allowed.Length == 0)
        {
            throw new ForbiddenTargetException(
                addresses.Length == 0 ? $"{host} has no address." : $"{host} is {addresses[0]}, which is no public address: alerts do not go there. Alerts:Permitted can allow it.");
        }
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether it is plain now already that the host is never connected to. A name that nobody knows at the moment is not plain.</summary>
    public async Task<bool> RefusesAsync(string host, CancellationToken ct)
    {
        try
        {
            var addresses = await AddressesOfAsync(host, ct).WaitAsync(Patience, ct);
            return addresses.Length > 0 && !addresses.Any(a => Permits(host, a));
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            return false;
        }
    }

    /// <summary>True where that address of the host may be connected to.</summary>
    private bool Permits(string host, IPAddress address) =>
        !PrivateAddress.Is(address) || settings.Value.Permitted.Any(p => Names(p, host, address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));

    private async Task<IPAddress[]> AddressesOfAsync(string host, CancellationToken ct) => IPAddress.TryParse(host, out var literal) ? [literal] : await _resolve(host, ct);

    private static bool Names(string permitted, string host, IPAddress address) =>
        IPNetwork.TryParse(permitted, out var network) ? network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address)
        : IPAddress.TryParse(permitted, out var one) ? one.Equals(address)
        : string.Equals(permitted, host, StringComparison.OrdinalIgnoreCase);
}
