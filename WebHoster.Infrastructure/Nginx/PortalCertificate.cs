// The host is Linux: libvirt and nginx are nowhere else.
#pragma warning disable CA1416
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using WebHoster.Core.Errors;

namespace WebHoster.Infrastructure.Nginx;

/// <summary>The certificate that the portal shows: a given one, or one that we sign ourselves.</summary>
internal sealed record PortalCertificate(string File, string KeyFile, string Fingerprint)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan Life = TimeSpan.FromDays(397);
    private static readonly TimeSpan LastDays = TimeSpan.FromDays(30);

    /// <exception cref="HostException">There is none at <paramref name="file"/>, or it has ended, or the key is another's.</exception>
    public static PortalCertificate Read(string file, string keyFile, DateTimeOffset now)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPemFile(file, keyFile);
            return certificate.NotAfter.ToUniversalTime() > now
                ? new PortalCertificate(file, keyFile, certificate.GetCertHashString(HashAlgorithmName.SHA256))
                : throw new HostException($"The certificate {file} (Portal:Certificate) ended on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}. Renew it.", "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new HostException($"The portal's certificate cannot be used (Portal:Certificate, Portal:CertificateKey): {e.Message}", e.ToString(), e);
        }
    }

    /// <summary>Ours in <paramref name="folder"/>, made where it is missing, is for another name, or is about to end.</summary>
    public static PortalCertificate Ensure(string folder, string host, DateTimeOffset now)
    {
        var (file, keyFile) = (Path.Combine(folder, "self-signed.crt"), Path.Combine(folder, "self-signed.key"));
        if (!WillDo(file, keyFile, host, now))
            Make(file, keyFile, host, now);
        return Read(file, keyFile, now);
    }

    private static bool WillDo(string file, string keyFile, string host, DateTimeOffset now)
    {
        if (!System.IO.File.Exists(file) || !System.IO.File.Exists(keyFile))
            return false;
        try
        {
            using var certificate = X509Certificate2.CreateFromPemFile(file, keyFile);
            return certificate.MatchesHostname(host) && certificate.NotAfter.ToUniversalTime() > now + LastDays;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static void Make(string file, string keyFile, string host, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName("CN=WebHoster"), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], critical: false));
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now + Life);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        // The key first: a certificate without its key would be taken for a broken pair and be made again.
        Write(keyFile, key.ExportPkcs8PrivateKeyPem());
        Write(file, certificate.ExportCertificatePem());
    }

    private static void Write(string path, string text)
    {
        var beside = path + ".new";
        using (var stream = new FileStream(beside, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = Private }))
        using (var writer = new StreamWriter(stream))
            writer.WriteLine(text);
        System.IO.File.Move(beside, path, overwrite: true);
    }
}
