using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Errors;

namespace WebHoster.Infrastructure.Data;

/// <summary>A person's row, locked for the transaction that changes it.</summary>
public static class UserRows
{
    /// <exception cref="NotFoundException">There is no such user.</exception>
    public static async Task<User> LockUserAsync(this WebHosterDb db, Guid id, CancellationToken ct) =>
        await db.Users.FromSql($"select * from users where id = {id} for update").SingleOrDefaultAsync(ct)
            ?? throw new NotFoundException("There is no such user.");

    /// <summary>The role's row is the one lock over who is an administrator: two who leave at once come one after the other.</summary>
    public static Task LockAdminsAsync(this WebHosterDb db, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"select from roles where name = {Roles.Admin} for update", ct);

    /// <summary>True where nobody else could administer.</summary>
    public static async Task<bool> IsLastAdminAsync(this WebHosterDb db, Guid id, CancellationToken ct) =>
        await db.Admins.AnyAsync(a => a.UserId == id, ct)
        && !await db.Admins.AnyAsync(a => a.UserId != id && db.Users.Any(u => u.Id == a.UserId && u.DisabledAt == null), ct);
}
