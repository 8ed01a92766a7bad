using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Web.Account;

/// <summary>New passwords and email addresses, however somebody has shown that they may set them.</summary>
public sealed class AccountChanges(IDbContextFactory<WebHosterDb> factory, IPasswordHasher<User> hasher, ILookupNormalizer normalizer, TimeProvider clock)
{
    /// <summary>Ends every session but <paramref name="session"/>.</summary>
    /// <param name="link">By which they came; null for who has shown the password.</param>
    /// <param name="confirms">Whether the way to here has shown that the email address is the person's.</param>
    /// <exception cref="InvalidInputException">The password will not do.</exception>
    public Task<User> SetPasswordAsync(
        Guid userId, string? password, string action, Guid? session, Link? link, bool confirms, IPAddress? from, CancellationToken ct) =>
        ChangeAsync(userId, action, link, from, async (db, user) =>
        {
            if (PasswordRules.Problem(password, user.Email, user.UserName) is { } problem)
                throw new InvalidInputException("password", problem);
            user.PasswordHash = hasher.HashPassword(user, password!);
            (user.AccessFailedCount, user.LockoutEnd) = (0, null);
            user.EmailConfirmed |= confirms;
            await Sessions.EndAllAsync(db, user, ct, except: session);
        }, ct);

    /// <exception cref="InvalidInputException">It is no address.</exception>
    /// <exception cref="ConflictException">Somebody has it.</exception>
    public async Task<User> SetEmailAsync(Guid userId, string? email, Guid? session, Link? link, IPAddress? from, CancellationToken ct)
    {
        var address = await RequireFreeAsync(email, ct);
        try
        {
            return await ChangeAsync(userId, "account.change_email", link, from, async (db, user) =>
            {
                (user.Email, user.NormalizedEmail, user.EmailConfirmed) = (address, normalizer.NormalizeEmail(address), link is not null);
                // Links that were sent to the old address open nothing any more.
                await Sessions.EndAllAsync(db, user, ct, except: session);
            }, ct);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            throw Taken();
        }
    }

    /// <returns>The address, normalised.</returns>
    /// <exception cref="InvalidInputException">It is no address.</exception>
    /// <exception cref="ConflictException">Somebody has it.</exception>
    public async Task<string> RequireFreeAsync(string? email, CancellationToken ct)
    {
        var address = EmailAddress.Normalise(email);
        if (EmailAddress.Problem(address) is { } problem)
            throw new InvalidInputException("email", problem);
        await using var db = await factory.CreateDbContextAsync(ct);
        var key = normalizer.NormalizeEmail(address);
        return await db.Users.AnyAsync(u => u.NormalizedEmail == key, ct) ? throw Taken() : address;
    }

    public Task<User> ConfirmEmailAsync(Guid userId, IPAddress? from, CancellationToken ct) =>
        ChangeAsync(userId, "account.confirm_email", null, from, (_, user) =>
        {
            user.EmailConfirmed = true;
            return Task.CompletedTask;
        }, ct);

    /// <exception cref="ConflictException">The link opens nothing any more: looked at under the row's lock, so that it does once.</exception>
    private async Task<User> ChangeAsync(
        Guid userId, string action, Link? link, IPAddress? from, Func<WebHosterDb, User, Task> change, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var user = await db.LockUserAsync(userId, ct);
        if (link is not null && (user.DisabledAt is not null || AccessTokens.Digest(user.SecurityStamp) != link.Stamp))
            throw new ConflictException(Link.Spent);
        await change(db, user);
        db.Add(new AuditEntry(clock.GetUtcNow(), userId, action, user.UserName!, "succeeded", from));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return user;
    }

    private static ConflictException Taken() => new("This email is registered already. Choose another.") { Data = { ["field"] = "email" } };
}
