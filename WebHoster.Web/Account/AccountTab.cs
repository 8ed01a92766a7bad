using WebHoster.Core;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Account;

/// <summary>The parts of a person's own pages, each at an address of its own.</summary>
public enum AccountTab { Profile, Security, Sessions, Data }

/// <summary>How the tabs are spelt, in addresses and for people.</summary>
public static class AccountTabWords
{
    public static string Path(this AccountTab tab) => tab == AccountTab.Profile ? "/account" : $"/account/{tab.Word()}";

    public static string Name(this AccountTab tab) => tab switch
    {
        AccountTab.Profile => Texts.Key("Profile"),
        AccountTab.Security => Texts.Key("Security"),
        AccountTab.Sessions => Texts.Key("Sessions"),
        AccountTab.Data => Texts.Key("Your data"),
        _ => throw new ArgumentOutOfRangeException(nameof(tab), tab, null),
    };
}
