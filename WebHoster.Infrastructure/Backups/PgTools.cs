using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Processes;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Backups;

/// <summary>The only place that spells <c>pg_dump</c>'s and <c>pg_restore</c>'s flags. A password goes by the environment, where other users do not see it.</summary>
public sealed class PgTools(IOptions<BackupSettings> settings, ILogger<CommandRunner> logger)
{
    private const string Versions = "/usr/lib/postgresql";

    /// <summary>Quartz makes its tables itself; tickets and reports are of the moment.</summary>
    private static readonly string[] Left = ["--exclude-table=qrtz_*", "--exclude-table-data=stream_tickets", "--exclude-table-data=worker_reports"];

    private TimeSpan Limit => TimeSpan.FromMinutes(settings.Value.LimitMinutes);

    /// <param name="server">PostgreSQL's major version: the tool must not be older.</param>
    /// <param name="snapshot">Exported by a transaction that is still open.</param>
    public Task DumpAsync(string connection, int server, string snapshot, string file, CancellationToken ct) => RunnerFor(connection).RunAsync(
        new Command(Tool("pg_dump", server), ["--format=custom", "--no-owner", "--no-privileges", $"--snapshot={snapshot}", .. Left, $"--file={file}"], Limit), ct);

    /// <summary>Into an empty database: all or nothing.</summary>
    public Task RestoreAsync(string connection, int server, string file, CancellationToken ct) => RunnerFor(connection).RunAsync(
        new Command(
            Tool("pg_restore", server),
            ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", $"--dbname={new NpgsqlConnectionStringBuilder(connection).Database}", file], Limit), ct);

    private CommandRunner RunnerFor(string connection) =>
        new(Options.Create(new EngineSettings { CommandSeconds = (int)Limit.TotalSeconds }), logger) { Variables = Variables(connection) };

    /// <summary>Npgsql's words in libpq's.</summary>
    internal static IReadOnlyDictionary<string, string> Variables(string connection)
    {
        var text = new NpgsqlConnectionStringBuilder(connection);
        var variables = new Dictionary<string, string?>
        {
            ["PGHOST"] = text.Host,
            ["PGPORT"] = text.Port.ToString(CultureInfo.InvariantCulture),
            ["PGUSER"] = text.Username,
            ["PGPASSWORD"] = text.Password,
            ["PGPASSFILE"] = text.Passfile,
            ["PGDATABASE"] = text.Database ?? text.Username,
            ["PGSSLMODE"] = text.SslMode switch { SslMode.VerifyCA => "verify-ca", SslMode.VerifyFull => "verify-full", var mode => mode.ToString().ToLowerInvariant() },
            ["PGSSLROOTCERT"] = text.RootCertificate,
            ["PGSSLCERT"] = text.SslCertificate,
            ["PGSSLKEY"] = text.SslKey,
            ["PGAPPNAME"] = "webhoster-backup",
            ["PGOPTIONS"] = "-c statement_timeout=0 -c lock_timeout=60s",
        };
        return variables.Where(v => !string.IsNullOrEmpty(v.Value)).ToDictionary(v => v.Key, v => v.Value!);
    }

    /// <summary>The server's own version where it is installed, else the next newer.</summary>
    private static string Tool(string name, int server)
    {
        var installed = Directory.Exists(Versions)
            ? Directory.GetDirectories(Versions).Select(d => int.TryParse(Path.GetFileName(d), out var v) ? v : 0)
                .Where(v => v >= server && File.Exists(Path.Combine(Versions, $"{v}", "bin", name))).Order().ToList()
            : [];
        return installed is [var version, ..] ? Path.Combine(Versions, $"{version}", "bin", name)
            : throw new HostException($"There is no {name} for PostgreSQL {server} on this host. Install postgresql-client-{server}.");
    }
}
