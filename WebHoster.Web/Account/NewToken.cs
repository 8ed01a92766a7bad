using WebHoster.Core.Accounts;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Account;

/// <summary>What a person asks for on the page of tokens.</summary>
/// <param name="Days">Null for a token that does not expire.</param>
public sealed record NewToken(string? Name, IReadOnlyList<string?> Scopes, int? Days);

/// <summary>Scopes in words for people; each is a key of <see cref="Texts"/>.</summary>
public static class ScopeWords
{
    public static string Name(TokenScope scope) => scope switch
    {
        TokenScope.Read => Texts.Key("Read"),
        TokenScope.Hosting => Texts.Key("Change hostings"),
        TokenScope.Admin => Texts.Key("Administer"),
        _ => throw new ArgumentOutOfRangeException(nameof(scope), scope, null),
    };

    public static string About(TokenScope scope) => scope switch
    {
        TokenScope.Read => Texts.Key("Look at everything that is yours."),
        TokenScope.Hosting => Texts.Key("Also create, start, stop, rebuild and delete hostings, and change SSH keys."),
        TokenScope.Admin => Texts.Key("Also everything that administrators can do."),
        _ => throw new ArgumentOutOfRangeException(nameof(scope), scope, null),
    };
}
