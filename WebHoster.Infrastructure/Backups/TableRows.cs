using Npgsql;

namespace WebHoster.Infrastructure.Backups;

/// <summary>How many rows there are, table by table: by this a restored database is known to be whole.</summary>
internal static class TableRows
{
    private const string Tables =
        """
        select tablename from pg_tables where schemaname = 'public' and tablename not like 'qrtz%'
            and tablename not in ('stream_tickets', 'worker_reports') order by 1
        """;

    public static async Task<IReadOnlyDictionary<string, long>> CountAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var tables = new List<string>();
        await using (var list = new NpgsqlCommand(Tables, connection))
        await using (var reader = await list.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
                tables.Add(reader.GetString(0));
        }
        var rows = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in tables)
        {
            await using var count = new NpgsqlCommand($"select count(*) from public.\"{table}\"", connection);
            rows[table] = (long)(await count.ExecuteScalarAsync(ct))!;
        }
        return rows;
    }
}
