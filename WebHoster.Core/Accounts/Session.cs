using System.Net;

namespace WebHoster.Core.Accounts;

/// <summary>How somebody proved who they are.</summary>
public enum SignInMethod { Password, Code, RecoveryCode, Passkey }

/// <summary>A browser in which somebody is signed in: its cookie counts as long as this row is there.</summary>
public sealed class Session
{
    public const int MaxBrowserLength = 300;

    /// <summary>Without use, a session ends by itself after this.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(14);

    private Session() { }

    /// <param name="browser">As it calls itself.</param>
    public Session(Guid userId, SignInMethod method, string? browser, IPAddress? address, DateTimeOffset now)
    {
        Id = Guid.NewGuid();
        UserId = userId;
        Method = method;
        Browser = browser is null ? "" : new string([.. browser.Take(MaxBrowserLength).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);
        Address = address;
        CreatedAt = SeenAt = now;
    }

    /// <summary>Random: it is in the cookie.</summary>
    public Guid Id { get; private set; }

    public Guid UserId { get; private set; }

    public SignInMethod Method { get; private set; }

    public string Browser { get; private set; } = "";

    /// <summary>Where it was seen last.</summary>
    public IPAddress? Address { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>To the minute.</summary>
    public DateTimeOffset SeenAt { get; private set; }
}
