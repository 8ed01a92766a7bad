namespace WebHoster.Infrastructure.Mail;

/// <summary>A mail to one person.</summary>
/// <param name="Text">Plain, with line breaks.</param>
public sealed record Letter(string To, string Subject, string Text);
