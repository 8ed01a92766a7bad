using System.Net;
using System.Net.Sockets;
using WebHoster.Core.Hostings;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;

namespace WebHoster.Infrastructure.Nginx;

/// <summary>
/// Keeps out of nginx's configuration what must not get there. Each route is judged by itself, so that what passes cannot make
/// nginx refuse the set (docs/decisions/0008).
/// </summary>
internal sealed class RouteScreen(SlotPlan plan)
{
    public (IReadOnlyList<SiteRoute> Good, IReadOnlyList<QuarantinedRoute> Bad) Sort(IReadOnlyList<SiteRoute> routes)
    {
        var several = routes.GroupBy(r => r.Slug, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key)
            .ToHashSet(StringComparer.Ordinal);
        var (good, bad) = (new List<SiteRoute>(), new List<QuarantinedRoute>());
        foreach (var route in routes)
        {
            if (ReasonAgainst(route, several) is { } reason)
                bad.Add(new QuarantinedRoute(route.Slug, reason));
            else
                good.Add(route);
        }
        return (good, [.. bad.Distinct()]);
    }

    private string? ReasonAgainst(SiteRoute route, HashSet<string> several) =>
        // nginx takes a slug with braces for configuration, passes the test, and serves the host's own files.
        !Slug.IsWellFormed(route.Slug) ? "It is not a slug."
        // None of them: nobody's visitors may meet somebody else's site.
        : several.Contains(route.Slug) ? "Several routes have this slug."
        : route.Address is { } address && !IsGuests(address) ? $"It leads to {address}, which is no guest's address in {plan.Subnet}."
        : null;

    // Contains alone is also true of an IPv4 address written as IPv6, which nginx would refuse.
    private bool IsGuests(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork && plan.Subnet.Contains(address) && !address.Equals(plan.Gateway);
}
