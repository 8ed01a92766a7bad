using WebHoster.Infrastructure.RunTime;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Admin;

/// <summary>Settings in words for people; each is a key of <see cref="Texts"/>.</summary>
public static class SettingWords
{
    public static string Name(string setting) => setting switch
    {
        "registration_open" => Texts.Key("Registration"),
        "rate_limits_enabled" => Texts.Key("Rate limits"),
        "auth_per_minute" => Texts.Key("Sign-ins per address and minute"),
        "account_per_minute" => Texts.Key("Sign-ins per name and minute"),
        "log_level" => Texts.Key("Log level"),
        "reserved_slugs" => Texts.Key("Reserved names"),
        _ => throw new ArgumentOutOfRangeException(nameof(setting), setting, null),
    };

    public static string About(string setting) => setting switch
    {
        "registration_open" => Texts.Key("Whether people can make accounts themselves. Closed, the page and the API say so, and who has an account goes on."),
        "rate_limits_enabled" => Texts.Key("Off, nobody is slowed down who guesses passwords. Only for tests."),
        "auth_per_minute" => Texts.Key("Registrations count, too. Of IPv6 a whole /64 is one address."),
        "account_per_minute" => Texts.Key("For one account, whatever the addresses."),
        "log_level" => Texts.Key("From which level on lines are kept. Debug shows every command."),
        "reserved_slugs" => Texts.Key("Usernames and hostings that nobody can take, besides those that are reserved anyway. One on a line. Who has one keeps it."),
        _ => throw new ArgumentOutOfRangeException(nameof(setting), setting, null),
    };

    public static string Of(LogDetail level) => level switch
    {
        LogDetail.Verbose => Texts.Key("Verbose"),
        LogDetail.Debug => Texts.Key("Debug"),
        LogDetail.Information => Texts.Key("Information"),
        LogDetail.Warning => Texts.Key("Warning"),
        LogDetail.Error => Texts.Key("Error"),
        LogDetail.Fatal => Texts.Key("Fatal"),
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, null),
    };
}
