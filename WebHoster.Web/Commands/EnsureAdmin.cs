using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Web.Commands;

/// <summary><c>ensure-admin --password-file FILE</c>: makes the administrator once; the file holds the password to set then.</summary>
public static class EnsureAdmin
{
    public static async Task<int> RunAsync(IServiceProvider services, string[] args, CancellationToken ct)
    {
        if (args is not ["--password-file", var file])
            throw new InvalidInputException("--password-file", "usage: ensure-admin --password-file FILE");
        await using var scope = services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        var user = await users.Users.SingleOrDefaultAsync(u => u.UserName == AdminAccount.Username, ct);
        if (user is null)
        {
            var password = (await File.ReadAllTextAsync(file, ct)).Trim();
            user = new User
            {
                UserName = AdminAccount.Username,
                Email = AdminAccount.Email,
                EmailConfirmed = true,
                CreatedAt = services.GetRequiredService<TimeProvider>().GetUtcNow(),
            };
            // Not by CreateAsync(user, password): the password is random, the composition rules are for people's.
            user.PasswordHash = users.PasswordHasher.HashPassword(user, password);
            Require(await users.CreateAsync(user));
        }
        if (!await users.IsInRoleAsync(user, Roles.Admin))
        {
            // Saved with the role, by the same context.
            scope.ServiceProvider.GetRequiredService<WebHosterDb>().Add(new AuditEntry(
                services.GetRequiredService<TimeProvider>().GetUtcNow(), null, "user.promote", AdminAccount.Username, "succeeded", null));
            Require(await users.AddToRoleAsync(user, Roles.Admin));
        }
        return 0;
    }

    private static void Require(IdentityResult result)
    {
        if (!result.Succeeded)
            throw new ConflictException($"The administrator could not be made: {string.Join(" ", result.Errors.Select(e => e.Description))}");
    }
}
