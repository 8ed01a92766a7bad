using Microsoft.AspNetCore.Identity;
using WebHoster.Core.Accounts;

namespace WebHoster.Infrastructure.Data;

/// <summary>A person. The username is the slug of their first hosting and never changes.</summary>
public sealed class User : IdentityUser<Guid>
{
    public DateTimeOffset CreatedAt { get; set; }

    public string PlanName { get; set; } = Plan.Standard;

    /// <summary>By password, on a page or by the API; null where they never have.</summary>
    public DateTimeOffset? LastSignInAt { get; set; }

    /// <summary>Since when an administrator keeps this person out; null where nobody does.</summary>
    public DateTimeOffset? DisabledAt { get; set; }

    /// <summary>Since when the account is being deleted; it is disabled then, too.</summary>
    public DateTimeOffset? LeavingAt { get; set; }

    /// <summary>Of the authenticator app, encrypted with the portal's keys; null where there is none.</summary>
    public string? TotpSecret { get; set; }

    /// <summary>Of the last code that was taken: none counts twice.</summary>
    public long TotpStep { get; set; }
}

/// <summary>Names of the roles.</summary>
public static class Roles
{
    public const string Admin = "admin";
}
