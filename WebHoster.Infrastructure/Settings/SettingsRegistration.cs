using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Mail;
using WebHoster.Infrastructure.Streams;

namespace WebHoster.Infrastructure.Settings;

/// <summary>Every section is bound once and validated at start; a message names its key.</summary>
public static class SettingsRegistration
{
    public static IServiceCollection AddWebHosterSettings(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSection<InstallSettings>(configuration, "Install")
            .Validate(s => Path.IsPathRooted(s.DataPath), "Install:DataPath is an absolute path.");
        services.AddSection<SitesSettings>(configuration, "Sites");
        services.AddSection<PortalSettings>(configuration, "Portal")
            .Validate(
                s => s.PublicUrl == "" || (Uri.TryCreate(s.PublicUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.PathAndQuery == "/"),
                "Portal:PublicUrl is an origin, such as https://portal.example.org.")
            .Validate(s => (s.Certificate == "") == (s.CertificateKey == ""), "Portal:Certificate and Portal:CertificateKey go together.")
            .Validate(
                s => new[] { s.Certificate, s.CertificateKey }.All(f => f == "" || (Path.IsPathRooted(f) && !f.AsSpan().ContainsAny(" \t\r\n;{}\"'$"))),
                "Portal:Certificate and Portal:CertificateKey are absolute paths without spaces.");
        services.AddSection<SshSettings>(configuration, "Ssh")
            .Validate(s => s.FirstPort <= s.LastPort, "Ssh:FirstPort is not after Ssh:LastPort.");
        services.AddSection<NetworkSettings>(configuration, "Network")
            .Validate(
                s => IPNetwork.TryParse(s.Subnet, out var net) && net.PrefixLength is >= 8 and <= 26
                    && net.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork,
                "Network:Subnet is an IPv4 network of /8 to /26 by its first address, such as 10.86.0.0/18.");
        services.AddSection<ImagesSettings>(configuration, "Images");
        services.AddSection<HypervisorSettings>(configuration, "Hypervisor");
        services.AddSection<GuestSettings>(configuration, "Guest");
        services.AddSection<EngineSettings>(configuration, "Engine");
        services.AddSection<CorsSettings>(configuration, "Cors");
        services.AddSection<JwtSettings>(configuration, "Jwt");
        services.AddSection<AccountSettings>(configuration, "Accounts");
        services.AddSection<RateLimitSettings>(configuration, "RateLimits");
        services.AddSection<StreamSettings>(configuration, "Streams");
        services.AddSection<AlertSettings>(configuration, "Alerts");
        services.AddSection<MailSettings>(configuration, "Mail")
            .Validate(s => !s.IsConfigured || MimeKit.MailboxAddress.TryParse(s.From, out _), "Mail:From is needed with Mail:Host, such as portal@example.org.");

        services.PostConfigure<ImagesSettings>(s =>
        {
            if (s.Path == "")
                s.Path = Path.Combine(configuration["Install:DataPath"] ?? new InstallSettings().DataPath, "images");
        });
        services.AddSingleton(p => new SlotPlan(
            p.GetRequiredService<IOptions<SshSettings>>().Value.FirstPort,
            p.GetRequiredService<IOptions<SshSettings>>().Value.LastPort,
            IPNetwork.Parse(p.GetRequiredService<IOptions<NetworkSettings>>().Value.Subnet)));
        services.AddSingleton<PublicAddresses>();
        return services;
    }

    private static OptionsBuilder<T> AddSection<T>(this IServiceCollection services, IConfiguration configuration, string name)
        where T : class =>
        services.AddOptions<T>().Bind(configuration.GetSection(name)).ValidateDataAnnotations().ValidateOnStart();
}
