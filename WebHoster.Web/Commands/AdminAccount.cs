using Microsoft.AspNetCore.Identity;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Web.Commands;

/// <summary>The first administrator, whom the launcher makes. The username is also the slug of the first hosting.</summary>
public static class AdminAccount
{
    public const string Username = "owner";
    public const string Email = "owner@localhost";

    public static void Register(IServiceCollection services) =>
        services.AddIdentityCore<User>().AddRoles<IdentityRole<Guid>>().AddEntityFrameworkStores<WebHosterDb>();
}
