using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using WebHoster.Core.Accounts;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Web.Account;

/// <summary>Passkeys, by Identity's own handler: discoverable, and unlocked by whoever holds them, so that one alone signs in.</summary>
public sealed class Passkeys(SignInManager<User> signIn, UserManager<User> users, WebHosterDb db, TimeProvider clock)
{
    public const int MaxPerPerson = 20;

    private const string Failed = "The passkey was not accepted. Try again, or sign in with your password.";

    public static void Configure(IdentityPasskeyOptions options)
    {
        options.UserVerificationRequirement = "required";
        options.ResidentKeyRequirement = "required";
        // Customers' sites may share the portal's host name: the port tells them apart.
        options.ValidateOrigin = context => ValueTask.FromResult(
            !context.CrossOrigin && Uri.TryCreate(context.Origin, UriKind.Absolute, out var origin)
            && origin.Scheme == context.HttpContext.Request.Scheme
            && string.Equals(origin.Authority, context.HttpContext.Request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>What the browser needs to make one.</summary>
    /// <exception cref="ConflictException">The person has as many as one may.</exception>
    public async Task<string> OfferAsync(User user)
    {
        if ((await users.GetPasskeysAsync(user)).Count >= MaxPerPerson)
            throw TooMany();
        return await signIn.MakePasskeyCreationOptionsAsync(new PasskeyUserEntity { Id = user.Id.ToString(), Name = user.UserName!, DisplayName = user.UserName! });
    }

    /// <exception cref="InvalidInputException">The name, or what the browser says, is wrong.</exception>
    /// <exception cref="ConflictException">The person has as many as one may.</exception>
    public async Task AddAsync(User user, string? credential, string? name, IPAddress? from, CancellationToken ct)
    {
        var called = PersonalName.Require(name, "laptop");
        var result = await TryAsync(() => signIn.PerformPasskeyAttestationAsync(credential ?? ""));
        if (result is not { Succeeded: true } || result.UserEntity.Id != user.Id.ToString() || await users.FindByPasskeyIdAsync(result.Passkey.CredentialId) is not null)
            throw new InvalidInputException("passkey", "The passkey was not accepted. Try again.");
        // Again: several could be offered before the first is added.
        if ((await users.GetPasskeysAsync(user)).Count >= MaxPerPerson)
            throw TooMany();
        result.Passkey.Name = called;
        db.Add(Audit(user, "passkey.add", called, from));
        Require(await users.AddOrUpdatePasskeyAsync(user, result.Passkey));
        await db.SaveChangesAsync(ct);
    }

    /// <exception cref="NotFoundException">No such passkey, or another person's.</exception>
    public async Task RenameAsync(User user, string? id, string? name, IPAddress? from, CancellationToken ct)
    {
        var passkey = await FindAsync(user, id);
        passkey.Name = PersonalName.Require(name, "laptop");
        db.Add(Audit(user, "passkey.rename", passkey.Name, from));
        Require(await users.AddOrUpdatePasskeyAsync(user, passkey));
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Ends every session but <paramref name="session"/>: whoever had the passkey may have opened one by it.</summary>
    /// <exception cref="NotFoundException">No such passkey, or another person's.</exception>
    public async Task RemoveAsync(User user, string? id, Guid? session, IPAddress? from, CancellationToken ct)
    {
        var passkey = await FindAsync(user, id);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await Sessions.EndAllAsync(db, user, ct, except: session);
        db.Add(Audit(user, "passkey.remove", passkey.Name ?? "", from));
        Require(await users.RemovePasskeyAsync(user, passkey.CredentialId));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>The person whose passkey this is.</summary>
    /// <exception cref="ConflictException">It is none that we know, or its challenge is too old.</exception>
    public async Task<User> IdentifyAsync(string? credential, IPAddress? from, CancellationToken ct)
    {
        if (await TryAsync(() => signIn.PerformPasskeyAssertionAsync(credential ?? "")) is { Succeeded: true } result)
        {
            Require(await users.AddOrUpdatePasskeyAsync(result.User, result.Passkey));
            return result.User;
        }
        db.Add(new AuditEntry(clock.GetUtcNow(), null, "account.sign_in", "", "passkey_refused", from));
        await db.SaveChangesAsync(ct);
        throw new ConflictException(Failed);
    }

    public static string IdOf(UserPasskeyInfo passkey) => Convert.ToHexStringLower(passkey.CredentialId);

    private async Task<UserPasskeyInfo> FindAsync(User user, string? id) =>
        (await users.GetPasskeysAsync(user)).FirstOrDefault(p => IdOf(p) == id) ?? throw new NotFoundException("There is no such passkey.");

    // No challenge was made, or it is too old; or the browser sent rubbish.
    private static async Task<T?> TryAsync<T>(Func<Task<T>> work) where T : class
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is InvalidOperationException or JsonException or ArgumentException or FormatException)
        {
            return null;
        }
    }

    private AuditEntry Audit(User user, string action, string subject, IPAddress? from) => new(clock.GetUtcNow(), user.Id, action, subject, "succeeded", from);

    private static ConflictException TooMany() => new($"You have {MaxPerPerson} passkeys, which is as many as one may have. Remove one first.");

    private static void Require(IdentityResult result)
    {
        if (!result.Succeeded)
            throw new ConflictException(Failed);
    }
}
