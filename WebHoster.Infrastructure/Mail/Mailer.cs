using System.Net;
using System.Net.Mail;
using System.Text;
using Microsoft.Extensions.Options;

namespace WebHoster.Infrastructure.Mail;

/// <summary>Hands letters to the SMTP server.</summary>
public sealed class Mailer(IOptions<MailSettings> settings)
{
    private MailSettings Mail => settings.Value;

    /// <summary>False where no server is configured: then nobody waits for a letter.</summary>
    public bool IsConfigured => Mail.IsConfigured;

    /// <exception cref="SmtpException">The server did not take it.</exception>
    /// <exception cref="TimeoutException">The server did not answer.</exception>
    public async Task SendAsync(Letter letter, CancellationToken ct)
    {
        using var client = new SmtpClient(Mail.Host, Mail.Port) { EnableSsl = Mail.Tls == "starttls" };
        if (Mail.User != "")
            client.Credentials = new NetworkCredential(Mail.User, Mail.Password);
        using var message = new MailMessage(Mail.From, letter.To, letter.Subject, letter.Text)
        {
            SubjectEncoding = Encoding.UTF8,
            BodyEncoding = Encoding.UTF8,
            BodyTransferEncoding = System.Net.Mime.TransferEncoding.Base64,
        };
        // Machines must not answer machines.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(Mail.TimeoutSeconds));
        try
        {
            await client.SendMailAsync(message, limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"{Mail.Host}:{Mail.Port} did not take the letter within {Mail.TimeoutSeconds} s.");
        }
    }
}
