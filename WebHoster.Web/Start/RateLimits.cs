using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using WebHoster.Infrastructure.RunTime;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Start;

/// <summary>Limits per remote address, as the socket says it, or a trusted proxy: no other header can change it.</summary>
public static class RateLimits
{
    public const string Auth = "auth";

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    public static IServiceCollection AddWebHosterRateLimits(this IServiceCollection services) =>
        services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.AddPolicy(Auth, PartitionOf);
            options.OnRejected = RejectAsync;
        });

    private static RateLimitPartition<string> PartitionOf(HttpContext context)
    {
        var settings = context.RequestServices.GetRequiredService<RunTimeSettings>().Current;
        if (!settings.RateLimitsEnabled || HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
            return RateLimitPartition.GetNoLimiter("");
        // A window keeps the limit that it began with: another limit is another window.
        return RateLimitPartition.GetSlidingWindowLimiter($"{settings.AuthPerMinute} {CallerOf(context.From())}", _ => new SlidingWindowRateLimiterOptions
        {
            PermitLimit = settings.AuthPerMinute,
            Window = Window,
            SegmentsPerWindow = 6,
            AutoReplenishment = true,
        });
    }

    // An IPv6 customer has a whole /64: its addresses count as one.
    private static string CallerOf(IPAddress? address) => address is { AddressFamily: AddressFamily.InterNetworkV6 }
        ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)) : address?.ToString() ?? "";

    private static async ValueTask RejectAsync(OnRejectedContext rejected, CancellationToken ct)
    {
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var told) ? told : Window;
        rejected.HttpContext.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (rejected.HttpContext.Request.Path.StartsWithSegments("/api"))
            await Problem.WriteAsync(rejected.HttpContext, StatusCodes.Status429TooManyRequests);
    }
}
