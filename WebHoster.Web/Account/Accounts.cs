using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.RunTime;

namespace WebHoster.Web.Account;

/// <summary>Registration and the check of a password, the same for pages and API.</summary>
public sealed class Accounts(
    UserManager<User> users, WebHosterDb db, IPasswordHasher<User> hasher, DummyPassword dummy, SignInLimits limits, RunTimeSettings settings,
    TimeProvider clock)
{
    /// <summary>One answer for every reason, so that nobody learns which accounts exist.</summary>
    public const string Refused =
        "The email, username or password is wrong. After several wrong tries an account rests for five minutes.";

    public const string RegistrationClosed = "Registration is closed at the moment. Ask the people who run this host for an account.";

    private const int MaxFailures = 8;
    private const int MaxNameLength = 256;
    private static readonly TimeSpan LockoutTime = TimeSpan.FromMinutes(5);

    /// <exception cref="ForbiddenException">Registration is closed.</exception>
    /// <exception cref="InvalidInputException">A field is wrong.</exception>
    /// <exception cref="ConflictException">Email or username is taken; <c>Data["field"]</c> says which.</exception>
    public async Task<User> RegisterAsync(string? email, string? username, string? password, IPAddress? from, CancellationToken ct)
    {
        if (!settings.Current.RegistrationOpen)
            throw new ForbiddenException(RegistrationClosed);
        var address = EmailAddress.Normalise(email);
        Check(("email", EmailAddress.Problem(address)), ("username", Slug.Problem(username, alsoReserved: settings.Current.ReservedSlugs)),
            ("password", PasswordRules.Problem(password, address, username)));
        if (await users.FindByEmailAsync(address) is not null)
            throw EmailTaken();
        if (await users.FindByNameAsync(username!) is not null)
            throw UsernameTaken();

        var user = new User { Id = Guid.CreateVersion7(clock.GetUtcNow()), Email = address, UserName = username, CreatedAt = clock.GetUtcNow() };
        db.Add(new AuditEntry(clock.GetUtcNow(), user.Id, "account.register", username!, "succeeded", from));
        try
        {
            var result = await users.CreateAsync(user, password!);
            // Another registration may have come between the look above and this.
            if (result.Errors.Any(e => e.Code == nameof(IdentityErrorDescriber.DuplicateEmail)))
                throw EmailTaken();
            if (result.Errors.Any(e => e.Code == nameof(IdentityErrorDescriber.DuplicateUserName)))
                throw UsernameTaken();
            if (!result.Succeeded)
                throw new InvalidInputException("username", string.Join(" ", result.Errors.Select(e => e.Description)));
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } race)
        {
            throw race.ConstraintName == "ix_users_email" ? EmailTaken() : UsernameTaken();
        }

        return user;
    }

    /// <summary>The user whose email or username and password these are; null for every kind of no, after the same time.</summary>
    /// <exception cref="TooManyTriesException">This name was tried too often just now, wherever from.</exception>
    public async Task<User?> CheckPasswordAsync(string? name, string? password, IPAddress? from, CancellationToken ct)
    {
        limits.Enter(EmailAddress.Normalise(name));
        var user = await FindAsync(name);
        var given = password is { Length: <= PasswordRules.MaxLength } ? password : "";
        var verdict = hasher.VerifyHashedPassword(user ?? new User(), user?.PasswordHash ?? dummy.Hash, given);
        var outcome = user?.DisabledAt is not null ? "disabled"
            : user?.LockoutEnd > clock.GetUtcNow() ? "locked"
            : user is null || verdict == PasswordVerificationResult.Failed ? "refused" : "succeeded";
        if (outcome != "succeeded")
        {
            // The same statements for a stranger as for a user, so that time tells nothing either.
            await CountFailureAsync(outcome == "refused" ? user?.Id : null, ct);
        }
        else
        {
            DateTimeOffset? now = clock.GetUtcNow();
            await db.Users.Where(u => u.Id == user!.Id)
                .ExecuteUpdateAsync(s => s.SetProperty(u => u.AccessFailedCount, 0).SetProperty(u => u.LastSignInAt, now), ct);
        }

        db.Add(new AuditEntry(clock.GetUtcNow(), user?.Id, "account.sign_in", user?.UserName ?? "", outcome, from));
        await db.SaveChangesAsync(ct);
        return outcome == "succeeded" ? user : null;
    }

    private async Task<User?> FindAsync(string? name)
    {
        var text = EmailAddress.Normalise(name);
        if (text.Length is 0 or > MaxNameLength || text.Any(char.IsControl) || text.Any(char.IsSurrogate))
            return null;
        return text.Contains('@') ? await users.FindByEmailAsync(text) : await users.FindByNameAsync(text);
    }

    // In one statement: tries made at the same time are all counted.
    private Task CountFailureAsync(Guid? id, CancellationToken ct)
    {
        DateTimeOffset? until = clock.GetUtcNow() + LockoutTime;
        var user = id ?? Guid.Empty;
        return db.Users.Where(u => u.Id == user).ExecuteUpdateAsync(
            s => s.SetProperty(u => u.LockoutEnd, u => u.AccessFailedCount + 1 >= MaxFailures ? until : u.LockoutEnd)
                .SetProperty(u => u.AccessFailedCount, u => u.AccessFailedCount + 1 >= MaxFailures ? 0 : u.AccessFailedCount + 1), ct);
    }

    private static void Check(params (string Field, string? Problem)[] checks)
    {
        var errors = checks.Where(c => c.Problem is not null).ToDictionary(c => c.Field, c => new[] { c.Problem! });
        if (errors.Count > 0)
            throw new InvalidInputException(errors);
    }

    private static ConflictException EmailTaken() => Taken("email", "This email is registered already. Sign in instead.");

    private static ConflictException UsernameTaken() => Taken("username", "This username is taken. Choose another.");

    private static ConflictException Taken(string field, string message) => new(message) { Data = { ["field"] = field } };
}

/// <summary>A hash that nothing matches: an unknown user costs as much time as a known one.</summary>
public sealed class DummyPassword(IPasswordHasher<User> hasher)
{
    private readonly Lazy<string> _hash = new(() => hasher.HashPassword(new User(), Guid.NewGuid().ToString()));

    public string Hash => _hash.Value;
}
