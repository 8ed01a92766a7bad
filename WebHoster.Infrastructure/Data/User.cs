using Microsoft.AspNetCore.Identity;

namespace WebHoster.Infrastructure.Data;

/// <summary>A person. The username is the slug of their first hosting and never changes.</summary>
public sealed class User : IdentityUser<Guid>
{
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>Names of the roles.</summary>
public static class Roles
{
    public const string Admin = "admin";
}
