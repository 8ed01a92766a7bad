using System.Net;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core;
using WebHoster.Core.Accounts;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Accounts;

/// <summary>A person's API tokens. Of a token itself only its digest is kept.</summary>
public sealed class ApiTokens(IDbContextFactory<WebHosterDb> factory, TimeProvider clock)
{
    public const int MaxPerPerson = 50;
    public const int MaxYears = 5;

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<ApiToken>> ListAsync(Guid ownerId, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.ApiTokens.AsNoTracking().Where(t => t.OwnerId == ownerId)
            .OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Id).ToListAsync(ct);
    }

    /// <exception cref="NotFoundException">No such token, or another person's.</exception>
    public async Task<ApiToken> GetAsync(Guid ownerId, Guid id, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.ApiTokens.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id && t.OwnerId == ownerId, ct)
            ?? throw new NotFoundException("There is no such token.");
    }

    /// <returns>The token, and its text, which nobody can see again.</returns>
    /// <exception cref="InvalidInputException">A field is wrong.</exception>
    /// <exception cref="ConflictException">The person has as many as they may.</exception>
    public async Task<(ApiToken Token, string Text)> CreateAsync(
        Guid ownerId, string? name, IReadOnlyList<string?>? scopes, DateTimeOffset? expiresAt, IPAddress? from, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var chosen = RequireScopes(scopes);
        var called = PersonalName.Require(name, "deploy");
        RequireExpiry(expiresAt, now);
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // The row lock orders this against the same person's other requests: the count below holds.
        await db.Database.ExecuteSqlAsync($"select from users where id = {ownerId} for update", ct);
        if (chosen.Contains(TokenScope.Admin) && !await db.Admins.AnyAsync(a => a.UserId == ownerId, ct))
            throw new InvalidInputException("scopes", "Only an administrator's token can have the scope “admin”.");
        if (await db.ApiTokens.CountAsync(t => t.OwnerId == ownerId, ct) >= MaxPerPerson)
            throw new ConflictException($"You have {MaxPerPerson} tokens already. Delete one that you no longer use.");

        var text = TokenText.Create();
        var token = new ApiToken(ownerId, called, chosen, TokenText.Hash(text)!, TokenText.Hint(text), now, expiresAt?.ToUniversalTime());
        db.AddRange(token, new AuditEntry(now, ownerId, "token.create", Subject(token), "succeeded", from));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return (token, text);
    }

    /// <exception cref="NotFoundException">No such token, or another person's.</exception>
    public async Task<ApiToken> DeleteAsync(Guid ownerId, Guid id, IPAddress? from, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var token = await db.ApiTokens.FromSql($"select * from api_tokens where id = {id} and owner_id = {ownerId} for update")
            .SingleOrDefaultAsync(ct) ?? throw new NotFoundException("There is no such token.");
        db.Remove(token);
        db.Add(new AuditEntry(clock.GetUtcNow(), ownerId, "token.delete", Subject(token), "succeeded", from));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return token;
    }

    private static string Subject(ApiToken token) => $"{token.Hint} {token.Name}";

    private static List<TokenScope> RequireScopes(IReadOnlyList<string?>? words)
    {
        var all = Enum.GetValues<TokenScope>().ToDictionary(s => s.Word());
        if (words is not { Count: > 0 } || words.Any(w => w is null || !all.ContainsKey(w)))
            throw new InvalidInputException("scopes", $"Give at least one scope of: {string.Join(", ", all.Keys)}.");
        return [.. words.Select(w => all[w!]).Distinct()];
    }

    private static void RequireExpiry(DateTimeOffset? at, DateTimeOffset now)
    {
        if (at <= now || at > now.AddYears(MaxYears))
            throw new InvalidInputException("expires_at", $"A token expires in the future, within {MaxYears} years, or never.");
    }
}
