using System.Security.Cryptography;
using WebHoster.Core.Accounts;
using WebHoster.Core.Errors;

namespace WebHoster.Core.Alerts;

public enum TargetKind { Mail, Webhook }

/// <summary>Where alerts go.</summary>
public sealed class AlertTarget
{
    public const int MaxAddressLength = 500;

    public const string SecretPrefix = "whsec_";

    private const int SecretBytes = 32;

    private AlertTarget() { }

    /// <param name="sealedSecret">Of a webhook: <see cref="NewSecret"/>, encrypted.</param>
    /// <exception cref="InvalidInputException">The name or the address is none.</exception>
    public AlertTarget(TargetKind kind, string? name, string? address, string? sealedSecret, Guid by, DateTimeOffset now)
    {
        Id = Guid.CreateVersion7(now);
        Name = PersonalName.Require(name, "on-call");
        (Kind, Address, Secret, CreatedBy, CreatedAt) = (kind, TargetAddress.Parse(kind, address), sealedSecret, by, now);
    }

    public Guid Id { get; private set; }

    public TargetKind Kind { get; private set; }

    public string Name { get; private set; } = "";

    /// <summary>An email address, or a URL.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Of a webhook: what signs its requests, encrypted. Shown once, when the target is made.</summary>
    public string? Secret { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public Guid CreatedBy { get; private set; }

    /// <summary>Since when nothing is sent there; what came meanwhile waits.</summary>
    public DateTimeOffset? PausedAt { get; set; }

    public static string NewSecret() => $"{SecretPrefix}{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes))}";
}
