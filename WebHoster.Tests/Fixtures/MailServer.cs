using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MimeKit;
using Xunit;

namespace WebHoster.Tests.Fixtures;

/// <summary>The distribution's aiosmtpd on a loopback port, which takes letters only after STARTTLS and puts them into a Maildir.</summary>
public sealed class MailServer : IAsyncDisposable
{
    /// <summary>Longer than the portal waits before it tries again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("webhoster-mail-").FullName;
    private readonly HashSet<string> _taken = [];
    private Process _process = null!;

    public int Port { get; } = FreePorts.Next();

    /// <summary>Whom to trust, for who connects to localhost.</summary>
    public string Certificate => Path.Combine(_folder, "cert.pem");

    public static async Task<MailServer> StartAsync()
    {
        var server = new MailServer();
        server.WriteCertificate();
        server.Run();
        for (var watch = Stopwatch.StartNew(); !await server.AnswersAsync(); await Task.Delay(50))
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), "The mail server does not come up.");
        return server;
    }

    /// <summary>The next letter to this address.</summary>
    public async Task<MimeMessage> ReceiveAsync(string to)
    {
        MimeMessage? letter = null;
        for (var watch = Stopwatch.StartNew(); (letter = TakeTo(to)) is null; await Task.Delay(50))
            Assert.True(watch.Elapsed < Patience, $"No letter to {to} came within {Patience.TotalSeconds} s.");
        return letter;
    }

    /// <summary>The link in the next letter to this address.</summary>
    public async Task<string> ReceiveLinkAsync(string to) =>
        new Uri((await ReceiveAsync(to)).TextBody!.Split('\n').Select(l => l.Trim()).Last(l => l.StartsWith("http", StringComparison.Ordinal))).PathAndQuery;

    public int CountTo(string to) => Letters().Count(l => MimeMessage.Load(l).To.Mailboxes.Any(m => m.Address == to));

    public void Stop()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Run() => _process = Process.Start(new ProcessStartInfo("aiosmtpd",
        ["-n", "-l", $"127.0.0.1:{Port}", "--tlscert", Certificate, "--tlskey", Path.Combine(_folder, "key.pem"), "-c", "aiosmtpd.handlers.Mailbox", Path.Combine(_folder, "box")]))!;

    public ValueTask DisposeAsync()
    {
        Stop();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private IEnumerable<string> Letters() => Directory.Exists(Path.Combine(_folder, "box", "new")) ? Directory.GetFiles(Path.Combine(_folder, "box", "new")) : [];

    private MimeMessage? TakeTo(string to)
    {
        foreach (var file in Letters().Where(f => !_taken.Contains(f)).OrderBy(File.GetCreationTimeUtc))
        {
            var letter = MimeMessage.Load(file);
            if (letter.To.Mailboxes.All(m => m.Address != to))
                continue;
            _taken.Add(file);
            return letter;
        }
        return null;
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, Port);
            using var reader = new StreamReader(socket.GetStream(), Encoding.ASCII);
            return (await reader.ReadLineAsync())?.StartsWith("220", StringComparison.Ordinal) == true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void WriteCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }
}

/// <summary>A portal that sends mail.</summary>
public sealed class MailPortalFixture : IAsyncLifetime
{
    public const string MailPassword = "a mail password of nobody";

    public MailServer Server { get; private set; } = null!;

    public PortalFixture Portal { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await MailServer.StartAsync();
        Portal = new MailingPortal(Server);
        await Portal.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await Portal.DisposeAsync();
        await Server.DisposeAsync();
    }

    private sealed class MailingPortal(MailServer server) : PortalFixture
    {
        protected override Dictionary<string, string> Settings => new(base.Settings)
        {
            ["Mail__Host"] = "localhost",
            ["Mail__Port"] = $"{server.Port}",
            // The server asks for none without a user; it is there so that a test may look for it.
            ["Mail__Password"] = MailPassword,
            ["Mail__From"] = "WebHoster <portal@example.org>",
            ["SSL_CERT_FILE"] = server.Certificate,
            // All that can be logged, so that a test may look for what must not be.
            ["Logging__Level"] = "Debug",
        };
    }
}
