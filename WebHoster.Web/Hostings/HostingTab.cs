using WebHoster.Core;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Hostings;

/// <summary>The parts of a hosting's page, each at an address of its own.</summary>
public enum HostingTab { Overview, Metrics, Console, Files, Activity, Keys, Settings }

/// <summary>How the tabs are spelt, in addresses and for people.</summary>
public static class HostingTabWords
{
    /// <summary>Null for a word that is no tab.</summary>
    public static HostingTab? Parse(string? word) => word is null
        ? HostingTab.Overview
        : Enum.GetValues<HostingTab>().Skip(1).Where(t => t.Word() == word).Select(t => (HostingTab?)t).FirstOrDefault();

    public static string Path(this HostingTab tab, Guid hosting) =>
        tab == HostingTab.Overview ? $"/hostings/{hosting}" : $"/hostings/{hosting}/{tab.Word()}";

    public static string Name(this HostingTab tab) => tab switch
    {
        HostingTab.Overview => Texts.Key("Overview"),
        HostingTab.Metrics => Texts.Key("Metrics"),
        HostingTab.Console => Texts.Key("Console"),
        HostingTab.Files => Texts.Key("Files"),
        HostingTab.Activity => Texts.Key("Activity"),
        HostingTab.Keys => Texts.Key("SSH keys"),
        HostingTab.Settings => Texts.Key("Settings"),
        _ => throw new ArgumentOutOfRangeException(nameof(tab), tab, null),
    };
}
