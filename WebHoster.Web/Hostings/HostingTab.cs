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

    /// <summary>What is inside of a machine, and what opens it, is its owner's alone.</summary>
    public static readonly IReadOnlyList<HostingTab> ForOthers = [HostingTab.Overview, HostingTab.Metrics, HostingTab.Activity, HostingTab.Settings];

    /// <param name="root">Of the page: a customer's, or the administrators'.</param>
    public static string Path(this HostingTab tab, Guid hosting, string root = "/hostings") =>
        tab == HostingTab.Overview ? $"{root}/{hosting}" : $"{root}/{hosting}/{tab.Word()}";

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
