using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Accounts;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Web.Account;

/// <summary>An authenticator app's codes and the recovery codes. The app's secret is encrypted with the portal's keys, which are not in PostgreSQL.</summary>
public sealed class SecondFactor(IDbContextFactory<WebHosterDb> factory, IDataProtectionProvider protection, TimeProvider clock)
{
    private static readonly TimeSpan SetupTime = TimeSpan.FromMinutes(30);

    private readonly IDataProtector _kept = protection.CreateProtector("WebHoster.Totp");
    private readonly ITimeLimitedDataProtector _offered = protection.CreateProtector("WebHoster.Totp.Offer").ToTimeLimitedDataProtector();

    /// <summary>A new secret for this person, sealed so that it can travel in a form and back.</summary>
    public string Offer(Guid userId) => _offered.Protect($"{userId:n}{Convert.ToHexString(Totp.NewSecret())}", SetupTime);

    /// <summary>Null where it was not offered to this person, or too long ago.</summary>
    public byte[]? Open(Guid userId, string? offer)
    {
        try
        {
            var text = _offered.Unprotect(offer ?? "");
            return text.StartsWith($"{userId:n}", StringComparison.Ordinal) ? Convert.FromHexString(text[32..]) : null;
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return null;
        }
    }

    /// <summary>What the code is, and takes it: none counts twice. Null where it is wrong.</summary>
    public async Task<SignInMethod?> CheckAsync(User user, string code, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var text = code.Replace(" ", "").Trim();
        if (RecoveryCode.HashOf(text) is { } hash)
            return await db.RecoveryCodes.Where(c => c.UserId == user.Id && c.Hash == hash).ExecuteDeleteAsync(ct) == 1 ? SignInMethod.RecoveryCode : null;
        if (SecretOf(user) is not { } secret || Totp.Match(secret, text, clock.GetUtcNow()) is not { } step)
            return null;
        return await db.Users.Where(u => u.Id == user.Id && u.TotpSecret == user.TotpSecret && u.TotpStep < step)
            .ExecuteUpdateAsync(set => set.SetProperty(u => u.TotpStep, step), ct) == 1 ? SignInMethod.Code : null;
    }

    /// <summary>Needs the app's code from now on. Other sessions end.</summary>
    /// <param name="session">The one that goes on.</param>
    /// <returns>The person, and the recovery codes, which nobody can see again.</returns>
    /// <exception cref="InvalidInputException">The code does not fit the secret, or the offer is too old.</exception>
    public async Task<(User User, IReadOnlyList<string> Codes)> EnableAsync(
        Guid userId, string? offer, string? code, Guid? session, IPAddress? from, CancellationToken ct)
    {
        var secret = Open(userId, offer) ?? throw new InvalidInputException("code", "This took too long. Scan the new code and try again.");
        if (Totp.Match(secret, (code ?? "").Replace(" ", ""), clock.GetUtcNow()) is not { } step)
            throw new InvalidInputException("code", "This is not the code that the app shows now. Check the clock of your phone.");
        return await ChangeAsync(userId, "account.enable_app", session, from, async (db, user) =>
        {
            (user.TotpSecret, user.TotpStep) = (_kept.Protect(Convert.ToHexString(secret)), step);
            return await RenewCodesAsync(db, userId, ct);
        }, ct);
    }

    public async Task<User> DisableAsync(Guid userId, Guid? session, IPAddress? from, CancellationToken ct) =>
        (await ChangeAsync(userId, "account.disable_app", session, from, async (db, user) =>
        {
            user.TotpSecret = null;
            await db.RecoveryCodes.Where(c => c.UserId == userId).ExecuteDeleteAsync(ct);
            return [];
        }, ct)).User;

    /// <summary>The old ones open nothing any more.</summary>
    public async Task<(User User, IReadOnlyList<string> Codes)> NewRecoveryCodesAsync(Guid userId, Guid? session, IPAddress? from, CancellationToken ct) =>
        await ChangeAsync(userId, "account.new_recovery_codes", session, from, (db, _) => RenewCodesAsync(db, userId, ct), ct);

    public async Task<int> CountRecoveryCodesAsync(Guid userId, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.RecoveryCodes.CountAsync(c => c.UserId == userId, ct);
    }

    private async Task<(User User, IReadOnlyList<string> Codes)> ChangeAsync(
        Guid userId, string action, Guid? session, IPAddress? from, Func<WebHosterDb, User, Task<IReadOnlyList<string>>> change, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var user = await db.LockUserAsync(userId, ct);
        var codes = await change(db, user);
        await Sessions.EndAllAsync(db, user, ct, except: session);
        db.Add(new AuditEntry(clock.GetUtcNow(), userId, action, user.UserName!, "succeeded", from));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return (user, codes);
    }

    private static async Task<IReadOnlyList<string>> RenewCodesAsync(WebHosterDb db, Guid userId, CancellationToken ct)
    {
        await db.RecoveryCodes.Where(c => c.UserId == userId).ExecuteDeleteAsync(ct);
        var codes = Enumerable.Range(0, RecoveryCode.Count).Select(_ => RecoveryCode.NewText()).ToList();
        db.AddRange(codes.Select(c => new RecoveryCode(userId, RecoveryCode.HashOf(c)!)));
        return codes;
    }

    private byte[]? SecretOf(User user)
    {
        try
        {
            return user.TotpSecret is { } kept ? Convert.FromHexString(_kept.Unprotect(kept)) : null;
        }
        catch (CryptographicException)
        {
            // The portal's keys are others: recovery codes and administrators still open the account.
            return null;
        }
    }
}
