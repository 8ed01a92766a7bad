using Microsoft.AspNetCore.Identity;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Web.Commands;

/// <summary>The first administrator, whom the launcher makes. The username is also the slug of the first hosting.</summary>
public static class AdminAccount
{
    public const string Username = "owner";
    public const string Email = "owner@localhost";

    /// <summary>The absolute path of the file in which the launcher has put the first password.</summary>
    public static string PasswordFile(InstallSettings install) => Path.Combine(install.Secrets, "admin.password");

    public static void Register(IServiceCollection services) =>
        services.AddIdentityCore<User>().AddRoles<IdentityRole<Guid>>().AddEntityFrameworkStores<WebHosterDb>();
}
