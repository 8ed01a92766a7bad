using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using WebHoster.Core.Accounts;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Mail;
using WebHoster.Infrastructure.RunTime;

namespace WebHoster.Web.Account;

/// <summary>How far a sign-in on the page came.</summary>
public enum SignInStage { Refused, NeedsConfirmation, NeedsCode, Done }

/// <summary>The check of a password or code.</summary>
/// <param name="User">Null where it was refused.</param>
public sealed record SignInCheck(SignInStage Stage, User? User = null, SignInMethod Method = SignInMethod.Password);

/// <summary>Registration and the check of passwords and codes, the same for pages and API.</summary>
public sealed class Accounts(
    UserManager<User> users, WebHosterDb db, IPasswordHasher<User> hasher, DummyPassword dummy, SecondFactor second, SignInLimits limits, Mailer mailer, RunTimeSettings settings,
    TimeProvider clock)
{
    /// <summary>One answer for every reason, so that nobody learns which accounts exist.</summary>
    public const string Refused =
        "The email, username or password is wrong. After several wrong tries an account rests for five minutes.";

    /// <summary>The API's, where a code comes with the password: whoever asks gets it, so that it says nothing about either.</summary>
    public const string RefusedByApi =
        Refused + " An account with an authenticator app also needs its code, as otp, and a new one its email confirmed.";

    private const string Succeeded = "succeeded";
    private const string WrongPassword = "refused";
    private const string WrongCode = "code_wrong";
    private const string NoCode = "code_missing";
    private const string AskedForCode = "code_asked";
    private const string Unconfirmed = "unconfirmed";
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
        CheckName(address, username, ("password", PasswordRules.Problem(password, address, username)));
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        return await CreateAsync(
            new User { Id = id, Email = address, UserName = username, CreatedAt = clock.GetUtcNow() }, user => users.CreateAsync(user, password!),
            new AuditEntry(clock.GetUtcNow(), id, "account.register", username!, Succeeded, from) { ActorName = username });
    }

    /// <summary>Without a password, which the person sets by a link; the address counts as confirmed. Also while registration is closed.</summary>
    /// <exception cref="InvalidInputException">A field is wrong.</exception>
    /// <exception cref="ConflictException">Email or username is taken; <c>Data["field"]</c> says which.</exception>
    public Task<User> AddAsync(Guid actor, string? email, string? username, IPAddress? from, CancellationToken ct)
    {
        var address = EmailAddress.Normalise(email);
        CheckName(address, username);
        return CreateAsync(
            new User { Id = Guid.CreateVersion7(clock.GetUtcNow()), Email = address, UserName = username, CreatedAt = clock.GetUtcNow(), EmailConfirmed = true },
            users.CreateAsync, new AuditEntry(clock.GetUtcNow(), actor, "user.add", username!, Succeeded, from));
    }

    private async Task<User> CreateAsync(User user, Func<User, Task<IdentityResult>> createAsync, AuditEntry entry)
    {
        if (await users.FindByEmailAsync(user.Email!) is not null)
            throw EmailTaken();
        if (await users.FindByNameAsync(user.UserName!) is not null)
            throw UsernameTaken();

        db.Add(entry);
        try
        {
            var result = await createAsync(user);
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

    /// <summary>The API's sign-in, password and code at once; null for every kind of no, after the same time.</summary>
    /// <exception cref="TooManyTriesException">This name was tried too often just now, wherever from.</exception>
    public async Task<User?> SignInAsync(string? name, string? password, string? code, IPAddress? from, CancellationToken ct)
    {
        var (user, outcome) = await VerifyAsync(name, password);
        if (outcome == Succeeded && user!.TotpSecret is not null)
            outcome = string.IsNullOrWhiteSpace(code) ? NoCode : await second.CheckAsync(user, code, ct) is null ? WrongCode : Succeeded;
        if (outcome == Succeeded && NeedsConfirmation(user!))
            outcome = Unconfirmed;
        await EndAsync(user, outcome, from, ct);
        return outcome == Succeeded ? user : null;
    }

    /// <summary>The page's first step. Every kind of no takes the same time.</summary>
    /// <exception cref="TooManyTriesException">This name was tried too often just now, wherever from.</exception>
    public async Task<SignInCheck> CheckPasswordAsync(string? name, string? password, IPAddress? from, CancellationToken ct)
    {
        var (user, outcome) = await VerifyAsync(name, password);
        if (outcome == Succeeded)
            outcome = NeedsConfirmation(user!) ? Unconfirmed : user!.TotpSecret is not null ? AskedForCode : Succeeded;
        await EndAsync(user, outcome, from, ct);
        return outcome switch
        {
            Succeeded => new SignInCheck(SignInStage.Done, user),
            AskedForCode => new SignInCheck(SignInStage.NeedsCode, user),
            Unconfirmed => new SignInCheck(SignInStage.NeedsConfirmation, user),
            _ => new SignInCheck(SignInStage.Refused),
        };
    }

    /// <summary>The page's second step, for who has shown the password.</summary>
    /// <exception cref="TooManyTriesException">This person was tried too often just now.</exception>
    public async Task<SignInCheck> CheckCodeAsync(User user, string? code, IPAddress? from, CancellationToken ct)
    {
        limits.Enter(user.UserName!);
        var outcome = BarrierOf(user);
        var method = outcome is null ? await second.CheckAsync(user, code ?? "", ct) : null;
        await EndAsync(user, outcome ?? (method is null ? WrongCode : Succeeded), from, ct);
        return method is { } good ? new SignInCheck(SignInStage.Done, user, good) : new SignInCheck(SignInStage.Refused);
    }

    /// <summary>A passkey is both at once: what one has, and the finger or PIN that unlocks it.</summary>
    public async Task<SignInCheck> CheckPasskeyAsync(User user, IPAddress? from, CancellationToken ct)
    {
        var outcome = user.DisabledAt is not null ? "disabled" : NeedsConfirmation(user) ? Unconfirmed : Succeeded;
        await EndAsync(user, outcome, from, ct);
        return outcome switch
        {
            Succeeded => new SignInCheck(SignInStage.Done, user, SignInMethod.Passkey),
            Unconfirmed => new SignInCheck(SignInStage.NeedsConfirmation, user),
            _ => new SignInCheck(SignInStage.Refused),
        };
    }

    /// <summary>Before something that a stranger at an open window must not do. Wrong ones count as at a sign-in.</summary>
    /// <exception cref="InvalidInputException">It is not the person's password; <paramref name="field"/> is named.</exception>
    /// <exception cref="TooManyTriesException">It was tried too often just now.</exception>
    public async Task<User> RequirePasswordAsync(Guid userId, string? password, string field, IPAddress? from, CancellationToken ct)
    {
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == userId, ct) ?? throw new NotFoundException("There is no such user.");
        limits.Enter(user.UserName!);
        if (BarrierOf(user) is not null)
            throw new TooManyTriesException("There were too many wrong passwords. Wait five minutes and try again.", user.LockoutEnd - clock.GetUtcNow() ?? LockoutTime);
        if (Matches(user, password))
            return user;
        await CountFailureAsync(user.Id, ct);
        db.Add(new AuditEntry(clock.GetUtcNow(), user.Id, "account.confirm_password", user.UserName!, WrongPassword, from));
        await db.SaveChangesAsync(ct);
        throw new InvalidInputException(field, "This is not your password.");
    }

    private async Task<(User? User, string Outcome)> VerifyAsync(string? name, string? password)
    {
        limits.Enter(EmailAddress.Normalise(name));
        var user = await FindAsync(name);
        var matches = Matches(user, password);
        return (user, user is null ? WrongPassword : BarrierOf(user) ?? (matches ? Succeeded : WrongPassword));
    }

    private bool Matches(User? user, string? password)
    {
        var given = password is { Length: <= PasswordRules.MaxLength } ? password : "";
        return hasher.VerifyHashedPassword(user ?? new User(), user?.PasswordHash ?? dummy.Hash, given) != PasswordVerificationResult.Failed;
    }

    private string? BarrierOf(User user) => user.DisabledAt is not null ? "disabled" : user.LockoutEnd > clock.GetUtcNow() ? "locked" : null;

    private bool NeedsConfirmation(User user) => mailer.IsConfigured && !user.EmailConfirmed;

    private async Task EndAsync(User? user, string outcome, IPAddress? from, CancellationToken ct)
    {
        if (outcome is Succeeded)
        {
            DateTimeOffset? now = clock.GetUtcNow();
            await db.Users.Where(u => u.Id == user!.Id)
                .ExecuteUpdateAsync(s => s.SetProperty(u => u.AccessFailedCount, 0).SetProperty(u => u.LastSignInAt, now), ct);
        }
        else if (outcome is not (AskedForCode or Unconfirmed))
        {
            // The same statements for a stranger as for a user, so that time tells nothing either. A right password without its code counts, too:
            // eight of them would otherwise tell it from wrong ones.
            await CountFailureAsync(outcome is WrongPassword or WrongCode or NoCode ? user?.Id : null, ct);
        }

        // With a wrong password it was anybody.
        var actor = outcome is Succeeded or AskedForCode or Unconfirmed or WrongCode or NoCode ? user?.Id : null;
        db.Add(new AuditEntry(clock.GetUtcNow(), actor, "account.sign_in", user?.UserName ?? "", outcome, from));
        await db.SaveChangesAsync(ct);
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

    private void CheckName(string address, string? username, params (string Field, string? Problem)[] checks) =>
        Check([("email", EmailAddress.Problem(address)), ("username", Slug.Problem(username, alsoReserved: settings.Current.ReservedSlugs)), .. checks]);

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
