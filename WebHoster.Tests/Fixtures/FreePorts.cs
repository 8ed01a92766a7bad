using System.Net;
using WebHoster.Infrastructure.Nginx;

namespace WebHoster.Tests.Fixtures;

/// <summary>
/// Ports that nobody listens on, each given out once in a run: below those that the kernel gives to outgoing connections, one of which
/// may otherwise have it before whom it was meant for, and none of those that browsers refuse.
/// </summary>
public static class FreePorts
{
    private const int First = 7_000, Count = 3_000;
    private static int _next = Random.Shared.Next(Count);

    public static int Next()
    {
        while (true)
        {
            var port = First + (Interlocked.Increment(ref _next) % Count);
            if (KernelSockets.CanListen(IPAddress.Any, port) && KernelSockets.CanListen(IPAddress.IPv6Any, port))
                return port;
        }
    }
}
