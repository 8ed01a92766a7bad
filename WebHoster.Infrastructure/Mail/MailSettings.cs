using System.ComponentModel.DataAnnotations;

namespace WebHoster.Infrastructure.Mail;

/// <summary>Section <c>Mail</c>: the SMTP server that mail goes through; none where <see cref="Host"/> is empty.</summary>
public sealed class MailSettings
{
    public string Host { get; set; } = "";

    [Range(1, 65535, ErrorMessage = "Mail:Port is 1-65535.")]
    public int Port { get; set; } = 25;

    public string From { get; set; } = "";

    public string User { get; set; } = "";

    public string Password { get; set; } = "";

    public bool StartTls { get; set; }
}
