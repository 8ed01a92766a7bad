using WebHoster.Core;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Admin;

/// <summary>The parts of the administrator's desk, each at an address of its own.</summary>
public enum AdminTab { Overview, Hostings, Users, Jobs, Drift, Alerts, Audit, Settings }

/// <summary>How the tabs are spelt, in addresses and for people.</summary>
public static class AdminTabWords
{
    public static string Path(this AdminTab tab) => tab == AdminTab.Overview ? "/admin" : $"/admin/{tab.Word()}";

    public static string Name(this AdminTab tab) => tab switch
    {
        AdminTab.Overview => Texts.Key("Overview"),
        AdminTab.Hostings => Texts.Key("Hostings"),
        AdminTab.Users => Texts.Key("People"),
        AdminTab.Jobs => Texts.Key("Jobs"),
        AdminTab.Drift => Texts.Key("Drift"),
        AdminTab.Alerts => Texts.Key("Alerts"),
        AdminTab.Audit => Texts.Key("Audit log"),
        AdminTab.Settings => Texts.Key("Settings"),
        _ => throw new ArgumentOutOfRangeException(nameof(tab), tab, null),
    };
}
