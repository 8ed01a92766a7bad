using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using WebHoster.Infrastructure.Data;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Docs;

/// <summary>The ER diagram is made from the model: <c>UPDATE_EXPECTED=1</c> writes it anew, and the report shows the same.</summary>
[Trait("Category", "Unit")]
public sealed class ModelDiagramTests
{
    [Fact]
    public void TheDiagramIsTheModels()
    {
        var diagram = Diagram();
        Expected.Equal("../../../docs/model.mmd", diagram);
        var report = Path.Combine(LiveInstall.Root(), "docs", "implementation-report.md");
        var (before, shown, after) = Split(File.ReadAllText(report));
        if (Environment.GetEnvironmentVariable("UPDATE_EXPECTED") == "1")
            File.WriteAllText(report, before + (shown = diagram) + after);
        Assert.Equal(diagram, shown);
    }

    private static (string Before, string Shown, string After) Split(string page)
    {
        const string Start = "```mermaid\nerDiagram\n";
        var from = page.IndexOf(Start, StringComparison.Ordinal) + "```mermaid\n".Length;
        Assert.True(from >= "```mermaid\n".Length, "The report has no ER diagram.");
        var to = page.IndexOf("```", from, StringComparison.Ordinal);
        return (page[..from], page[from..to], page[to..]);
    }

    private static string Diagram()
    {
        using var db = new WebHosterDb(new DbContextOptionsBuilder<WebHosterDb>().UseNpgsql("Host=nowhere").Options);
        var tables = db.Model.GetEntityTypes().Where(e => !e.IsMappedToJson()).OrderBy(e => e.GetTableName(), StringComparer.Ordinal).ToList();
        var text = new StringBuilder("erDiagram\n");
        foreach (var table in tables)
        {
            foreach (var key in table.GetForeignKeys().OrderBy(k => k.PrincipalEntityType.GetTableName() + Columns(k.Properties), StringComparer.Ordinal))
            {
                var (one, many) = (key.Properties.Any(p => p.IsNullable) ? "|o" : "||", key.IsUnique ? "o|" : "o{");
                text.Append($"    {key.PrincipalEntityType.GetTableName()} {one}--{many} {table.GetTableName()} : {Columns(key.Properties)}\n");
            }
        }
        foreach (var table in tables)
        {
            text.Append($"    {table.GetTableName()} {{\n");
            foreach (var column in table.GetProperties())
                text.Append($"        {TypeOf(column)} {column.GetColumnName()}{MarksOf(column)}\n");
            foreach (var json in table.GetNavigations().Where(n => n.TargetEntityType.IsMappedToJson()))
                text.Append($"        jsonb {json.TargetEntityType.GetContainerColumnName()}\n");
            text.Append("    }\n");
        }
        return text.ToString();
    }

    private static string Columns(IEnumerable<IProperty> properties) => string.Join('_', properties.Select(p => p.GetColumnName()));

    // A diagram's type is one word.
    private static string TypeOf(IProperty column) => column.GetColumnType() switch
    {
        "timestamp with time zone" => "timestamptz",
        "double precision" => "float8",
        var type => type.Replace("character varying", "varchar").Replace("[]", "_array").Split('(')[0],
    };

    private static string MarksOf(IProperty column) => (column.IsPrimaryKey(), column.IsForeignKey()) switch
    {
        (true, true) => " PK, FK",
        (true, false) => " PK",
        (false, true) => " FK",
        _ => "",
    };
}
