using System.ComponentModel.DataAnnotations;

namespace WebHoster.Infrastructure.Mail;

/// <summary>Section <c>Mail</c>: the SMTP server that takes the portal's mail. Without a host, none is sent.</summary>
public sealed class MailSettings
{
    public string Host { get; set; } = "";

    [Range(1, 65535, ErrorMessage = "Mail:Port is 1-65535.")]
    public int Port { get; set; } = 587;

    /// <summary>Empty where the server asks for none.</summary>
    public string User { get; set; } = "";

    public string Password { get; set; } = "";

    /// <summary>The sender, such as <c>WebHoster &lt;portal@example.org&gt;</c>.</summary>
    public string From { get; set; } = "";

    /// <summary><c>starttls</c>, <c>tls</c> from the first byte (port 465), or <c>none</c> for a server on this host.</summary>
    [RegularExpression("starttls|tls|none", ErrorMessage = "Mail:Tls is starttls, tls or none.")]
    public string Tls { get; set; } = "starttls";

    [Range(1, 300, ErrorMessage = "Mail:TimeoutSeconds is 1-300.")]
    public int TimeoutSeconds { get; set; } = 30;

    public bool IsConfigured => Host != "";
}
