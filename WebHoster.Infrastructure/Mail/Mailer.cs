using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;
using WebHoster.Core.Errors;

namespace WebHoster.Infrastructure.Mail;

/// <summary>Hands letters to the SMTP server.</summary>
public sealed class Mailer(IOptions<MailSettings> settings)
{
    private MailSettings Mail => settings.Value;

    /// <summary>False where no server is configured: then nobody waits for a letter.</summary>
    public bool IsConfigured => Mail.IsConfigured;

    /// <exception cref="HostException">The server did not take it, or did not answer.</exception>
    public async Task SendAsync(Letter letter, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(Mail.TimeoutSeconds));
        try
        {
            using var client = new SmtpClient();
            await client.ConnectAsync(Mail.Host, Mail.Port, SecurityOf(Mail.Tls), limit.Token);
            if (Mail.User != "")
                await client.AuthenticateAsync(Mail.User, Mail.Password, limit.Token);
            await client.SendAsync(MessageOf(letter), limit.Token);
            await client.DisconnectAsync(quit: true, limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new HostException($"The mail server {Mail.Host}:{Mail.Port} did not take a letter within {Mail.TimeoutSeconds} s.");
        }
        catch (Exception e) when (e is ServiceNotConnectedException or CommandException or ProtocolException or AuthenticationException
            or SslHandshakeException or SocketException or IOException or NotSupportedException or ParseException)
        {
            throw new HostException($"The mail server {Mail.Host}:{Mail.Port} did not take a letter: {e.Message}", null, e);
        }
    }

    private MimeMessage MessageOf(Letter letter)
    {
        var message = new MimeMessage { Subject = letter.Subject, Body = new TextPart("plain") { Text = letter.Text } };
        message.From.Add(MailboxAddress.Parse(Mail.From));
        message.To.Add(MailboxAddress.Parse(letter.To));
        // Machines must not answer machines.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }

    private static SecureSocketOptions SecurityOf(string tls) => tls switch
    {
        "starttls" => SecureSocketOptions.StartTls,
        "tls" => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.None,
    };
}
