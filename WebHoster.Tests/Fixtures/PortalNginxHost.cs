using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WebHoster.Infrastructure.Nginx;
using WebHoster.Infrastructure.Settings;
using Xunit;
using NginxProgram = WebHoster.Infrastructure.Nginx.Nginx;

namespace WebHoster.Tests.Fixtures;

/// <summary>The real nginx that takes TLS, before a server of the tests' own that tells what reached it.</summary>
public sealed class PortalNginxHost : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("wh-portal-").FullName;
    private readonly Dictionary<string, string?> configuration;
    private readonly ServiceProvider services;
    private readonly int upstreamPort = FreePorts.Next();
    private WebApplication? upstream;
    private Process? process;

    public PortalNginxHost() : this([])
    {
    }

    internal PortalNginxHost(Dictionary<string, string?> changes)
    {
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_001_001);
        configuration = new Dictionary<string, string?>
        {
            ["Install:DataPath"] = folder,
            ["Portal:Port"] = $"{upstreamPort}",
            ["Portal:Tls"] = "true",
            ["Portal:TlsPort"] = $"{FreePorts.Next()}",
            ["Nginx:Listen:0"] = "127.0.0.1",
            ["Nginx:ConfirmSeconds"] = "10",
        };
        foreach (var (key, value) in changes)
            configuration[key] = value;
        var settings = new ConfigurationBuilder().AddInMemoryCollection(configuration).Build();
        services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(settings)
            .AddWebHosterSettings(settings).AddReverseProxy().BuildServiceProvider();
        AppDomain.CurrentDomain.ProcessExit += CleanUp;
    }

    public int Port => int.Parse(configuration["Portal:TlsPort"]!);

    public string Folder => folder;

    public PortalNginx Portal => services.GetRequiredService<PortalNginx>();

    /// <summary>The generation that the running nginx tells.</summary>
    public Task<string?> GenerationAsync() => ControlSocket.AskGenerationAsync(Instance, default);

    /// <summary>SHA-256 of the certificate that the last handshake showed.</summary>
    public string? Shown { get; private set; }

    private NginxInstance Instance => NginxInstance.Portal(services.GetRequiredService<IOptions<InstallSettings>>().Value);

    public async Task InitializeAsync()
    {
        await Portal.EnsureAsync(default);
        await StartUpstreamAsync();
        var command = services.GetRequiredService<NginxProgram>().Foreground(Instance);
        process = Process.Start(command.Program, command.Arguments);
        await Eventually.TrueAsync(async () => Instance.RunningPid() is not null && await GenerationAsync() is not null);
    }

    /// <summary>A client that takes any certificate, and remembers which.</summary>
    public HttpClient Client(string host = "localhost", SslProtocols protocols = SslProtocols.None) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        SslOptions = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = protocols,
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                (Shown = (certificate as X509Certificate2)?.GetCertHashString(HashAlgorithmName.SHA256)) is not null,
        },
        ConnectCallback = async (_, ct) =>
        {
            var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Port), ct);
            return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri($"https://{host}:{Port}/"), DefaultRequestVersion = HttpVersion.Version20 };

    /// <summary>A certificate as an authority would give it, at the place of the given one.</summary>
    public static void Certify(string file, string keyFile, string host)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=An authority", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(90));
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(file, certificate.ExportCertificatePem());
    }

    public async Task StopUpstreamAsync()
    {
        await upstream!.DisposeAsync();
        upstream = null;
    }

    public async Task StartUpstreamAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{upstreamPort}");
        builder.WebHost.ConfigureKestrel(k => k.Limits.MaxRequestBodySize = null);
        upstream = builder.Build();
        upstream.UseWebSockets();
        upstream.Map("/hubs/echo", EchoAsync);
        upstream.Map("/{**path}", TellAsync);
        await upstream.StartAsync();
    }

    public async Task DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= CleanUp;
        CleanUp(null, EventArgs.Empty);
        if (upstream is not null)
            await upstream.DisposeAsync();
        await services.DisposeAsync();
    }

    // One line of what came, headers and the length of the body.
    private static async Task TellAsync(HttpContext context)
    {
        var body = 0L;
        var buffer = new byte[64 << 10];
        while (await context.Request.Body.ReadAsync(buffer) is var read and > 0)
            body += read;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.StrictTransportSecurity = "max-age=1";
        await context.Response.WriteAsync(
            $"{context.Request.Method} {context.Features.Get<IHttpRequestFeature>()!.RawTarget} host={context.Request.Host} for={context.Request.Headers["X-Forwarded-For"]} "
            + $"proto={context.Request.Headers["X-Forwarded-Proto"]} upgrade={context.Request.Headers.Upgrade} body={body}");
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[1024];
        var message = await socket.ReceiveAsync(buffer, default);
        await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, true, default);
        await socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, default);
    }

    private void CleanUp(object? sender, EventArgs e)
    {
        if (process is { HasExited: false })
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
