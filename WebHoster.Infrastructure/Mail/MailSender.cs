using System.Net;
using System.Net.Mail;
using Microsoft.Extensions.Options;

namespace WebHoster.Infrastructure.Mail;

/// <summary>Sends plain mail through the SMTP server of the settings.</summary>
public sealed class MailSender(IOptions<MailSettings> settings)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public bool IsConfigured => settings.Value.Host != "";

    /// <exception cref="SmtpException">The server did not take it.</exception>
    public async Task SendAsync(string to, string subject, string text, CancellationToken ct)
    {
        using var client = new SmtpClient(settings.Value.Host, settings.Value.Port) { EnableSsl = settings.Value.StartTls };
        if (settings.Value.User != "")
            client.Credentials = new NetworkCredential(settings.Value.User, settings.Value.Password);
        using var mail = new MailMessage(settings.Value.From, to, subject.ReplaceLineEndings(" "), text);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        await client.SendMailAsync(mail, limit.Token);
    }
}
