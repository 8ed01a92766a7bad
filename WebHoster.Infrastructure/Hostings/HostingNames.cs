using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Hostings;

/// <summary>What a new hosting is called: the first as its owner, another as the owner says, or as the owner with a number.</summary>
internal static class HostingNames
{
    private const int LastNumber = 999;

    /// <summary>A name that is free now; whether it still is when the row is written, PostgreSQL decides.</summary>
    /// <param name="reserved">Names that nobody gets, besides those that never are free.</param>
    /// <param name="own">Names of the hostings that the owner has.</param>
    /// <exception cref="InvalidInputException">The wanted name is none, or not for a first hosting.</exception>
    public static async Task<string> ChooseAsync(
        WebHosterDb db, string username, string? wanted, IReadOnlyCollection<string> own, IReadOnlyCollection<string> reserved, CancellationToken ct)
    {
        if (own.Count == 0 && wanted is not null && wanted != username)
            throw new InvalidInputException("name", $"Your first hosting has your own name, “{username}”. Leave the name out.");
        if (wanted is not null)
            return wanted == username ? username : Slug.Require(wanted, "name", "name", reserved);
        return own.Contains(username) ? await NumberedAsync(db, username, reserved, ct) : username;
    }

    private static async Task<string> NumberedAsync(WebHosterDb db, string username, IReadOnlyCollection<string> reserved, CancellationToken ct)
    {
        var numbered = Enumerable.Range(2, LastNumber - 1).Select(n => Numbered(username, $"-{n}")).ToArray();
        var taken = await db.Database.SqlQuery<string>($"""select name as "Value" from names where name = any({numbered})""").ToListAsync(ct);
        return numbered.Except(taken).FirstOrDefault(name => Slug.Problem(name, alsoReserved: reserved) is null)
            ?? throw new ConflictException("No name like yours is free any more. Give your hosting a name.");
    }

    private static string Numbered(string username, string number) =>
        username[..Math.Min(username.Length, Slug.MaxLength - number.Length)].TrimEnd('-') + number;
}
