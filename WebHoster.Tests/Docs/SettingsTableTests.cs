using System.Reflection;
using System.Text.RegularExpressions;
using WebHoster.Infrastructure.Settings;
using WebHoster.Tests.Fixtures;
using WebHoster.Web.Start;
using Xunit;

namespace WebHoster.Tests.Docs;

/// <summary>The tables of docs/operations.md have every setting that there is, and no other.</summary>
[Trait("Category", "Unit")]
public sealed partial class SettingsTableTests
{
    /// <summary>Read from the configuration by whoever needs them, without a class.</summary>
    private static readonly string[] Unbound = ["ConnectionStrings__Default", "ConnectionStrings__Web", "Logging__Level", "Logging__Path", "DataProtection__KeysPath"];

    [Fact]
    public void EverySettingIsListedAndNoOther()
    {
        var bound = Sections().SelectMany(s => Keys(s.Section, s.Type)).Concat(Unbound).Order().ToList();
        Assert.True(bound.Count > 50);
        var page = File.ReadAllText(Path.Combine(LiveInstall.Root(), "docs", "operations.md"));
        var listed = Row().Matches(page).SelectMany(m => Key().Matches(m.Value).Select(k => k.Value)).Distinct().Order().ToList();
        Assert.Equal(bound, listed);
    }

    [Fact]
    public void EveryVariableOfComposeIsExplained()
    {
        var root = LiveInstall.Root();
        var used = Directory.GetFiles(root, "docker-compose*.yml").SelectMany(f => Variable().Matches(File.ReadAllText(f))).Select(m => m.Groups[1].Value + m.Groups[2].Value).Distinct().ToList();
        var explained = Directory.GetFiles(root, ".env.*example").SelectMany(File.ReadLines).Select(l => l.TrimStart('#').Split('=')[0]).ToHashSet();
        Assert.True(used.Count > 50);
        Assert.Empty(used.Except(explained));
    }

    private static IEnumerable<string> Keys(string section, Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.SetMethod is { IsPublic: true })
        .Select(p => $"{section}__{p.Name}{(p.PropertyType.IsArray ? "__0" : "")}");

    /// <summary>A settings class begins its summary with “Section <c>Name</c>”.</summary>
    private static IEnumerable<(string Section, Type Type)> Sections()
    {
        var types = new[] { typeof(InstallSettings).Assembly, typeof(ProxySettings).Assembly }.SelectMany(a => a.GetExportedTypes())
            .Where(t => t is { IsClass: true, IsAbstract: false } && t.GetConstructor([]) is not null && t.Name.EndsWith("Settings", StringComparison.Ordinal)).ToDictionary(t => t.Name);
        var sources = new[] { "WebHoster.Infrastructure", "WebHoster.Web" }
            .SelectMany(p => Directory.GetFiles(Path.Combine(LiveInstall.Root(), p), "*.cs", SearchOption.AllDirectories))
            .Where(f => !f.Contains("/obj/") && !f.Contains("/bin/"));
        var found = sources.SelectMany(f => Section().Matches(File.ReadAllText(f))).Select(m => (m.Groups[1].Value, types[m.Groups[2].Value])).ToList();
        Assert.Equal(types.Keys.Order(), found.Select(f => f.Item2.Name).Order());
        return found;
    }

    /// <summary>What is put in, and what is handed on as it is.</summary>
    [GeneratedRegex(@"\$\{([A-Z_]+)|^  ([A-Z]\w+):$", RegexOptions.Multiline)]
    private static partial Regex Variable();

    [GeneratedRegex(@"Section <c>(\w+)</c>(?:(?!class )[\s\S])*?public sealed class (\w+Settings)\b")]
    private static partial Regex Section();

    /// <summary>The first column of a table's row.</summary>
    [GeneratedRegex(@"^\| `[A-Za-z]+__[^|]*\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"[A-Za-z]+__\w+")]
    private static partial Regex Key();
}
