using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using WebHoster.Infrastructure.Settings;
using IPNetwork = System.Net.IPNetwork;

namespace WebHoster.Web.Start;

/// <summary>Section <c>Proxy</c>: what stands in front of the portal.</summary>
public sealed class ProxySettings
{
    /// <summary>Addresses, or networks such as 10.0.0.0/8, whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed.</summary>
    public string[] Trusted { get; set; } = [];
}

/// <summary>Behind a trusted reverse proxy the client's address is what the proxy says; from anybody else such headers mean nothing.</summary>
public static class TrustedProxies
{
    public static IServiceCollection AddTrustedProxies(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ProxySettings>().Bind(configuration.GetSection("Proxy")).Validate(
            s => s.Trusted.All(text => Parse(text) is not null), "Proxy:Trusted has addresses and networks, such as 192.0.2.7 or 10.0.0.0/8.")
            // The nginx of ours that takes TLS is a neighbour on this host.
            .PostConfigure<IOptions<PortalSettings>>((proxy, portal) => proxy.Trusted = proxy.Trusted is [] && portal.Value.Tls ? ["127.0.0.1"] : proxy.Trusted)
            .ValidateOnStart();
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<ProxySettings>>((headers, proxy) =>
        {
            headers.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            // As many as are trusted: the first that is not is the client.
            headers.ForwardLimit = null;
            headers.KnownProxies.Clear();
            headers.KnownIPNetworks.Clear();
            foreach (var text in proxy.Value.Trusted)
                headers.KnownIPNetworks.Add(Parse(text)!.Value);
        });
        return services;
    }

    public static void UseTrustedProxies(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<ProxySettings>>().Value.Trusted is not [])
            app.UseForwardedHeaders();
    }

    private static IPNetwork? Parse(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
            : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8) : null;
}
