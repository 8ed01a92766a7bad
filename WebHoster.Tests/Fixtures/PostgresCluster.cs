using System.Diagnostics;
using Npgsql;

namespace WebHoster.Tests.Fixtures;

/// <summary>
/// A throw-away PostgreSQL of the tests' own: one cluster per test run on a loopback port, started by the first class that
/// needs it and stopped by the last. Nothing of it survives.
/// </summary>
internal sealed class PostgresCluster
{
    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static PostgresCluster? _shared;
    private static int _users;

    private readonly string _folder;
    private readonly int _port = FreePorts.Next();

    private PostgresCluster(string folder) => _folder = folder;

    public static async Task<PostgresCluster> RentAsync()
    {
        await Gate.WaitAsync();
        try
        {
            if (_shared is null)
            {
                var cluster = Start(Directory.CreateTempSubdirectory("webhoster-pg-").FullName);
                _shared = cluster;
                AppDomain.CurrentDomain.ProcessExit += (_, _) => cluster.Stop();
            }

            _users++;
            return _shared;
        }
        finally
        {
            Gate.Release();
        }
    }

    public static async Task ReturnAsync()
    {
        await Gate.WaitAsync();
        try
        {
            if (--_users > 0)
                return;
            _shared?.Stop();
            _shared = null;
        }
        finally
        {
            Gate.Release();
        }
    }

    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = _port,
        Username = "postgres",
        Database = database,
        MaxPoolSize = 40,
    }.ConnectionString;

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A cluster of its caller's own in a folder, with log segments as small as they can be.</summary>
    public static PostgresCluster Start(string folder, string settings = "")
    {
        var cluster = new PostgresCluster(folder);
        cluster.Create();
        cluster.Run(settings);
        return cluster;
    }

    /// <summary>Starts it where it has given up.</summary>
    public void Revive()
    {
        if (!IsRunning)
            Run("");
    }

    private bool IsRunning => Succeeds([.. AsPostgres, Tool("pg_ctl"), "-D", Data, "status"]);

    private void Create()
    {
        // PostgreSQL refuses to run as root; Debian's package has made the user postgres.
        if (Environment.IsPrivilegedProcess)
            Run("chown", "postgres", _folder);
        Run([.. AsPostgres, Tool("initdb"), "-D", Data, "-A", "trust", "-U", "postgres", "-N", "--no-instructions", "--wal-segsize=1"]);
    }

    private void Run(string settings) =>
        Run([.. AsPostgres, Tool("pg_ctl"), "-D", Data, "-w", "-l", Path.Combine(_folder, "log"), "-o",
            $"-p {_port} -k {_folder} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=300 {settings}",
            "start"]);

    public void Stop()
    {
        if (!Directory.Exists(_folder))
            return;
        if (IsRunning)
            Run([.. AsPostgres, Tool("pg_ctl"), "-D", Data, "-m", "immediate", "-w", "stop"]);
        Directory.Delete(_folder, recursive: true);
    }

    private string Data => Path.Combine(_folder, "data");

    private static string[] AsPostgres => Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--"] : [];

    private static string Tool(string name) =>
        Directory.Exists("/usr/lib/postgresql")
        && Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin", name)).LastOrDefault(File.Exists) is { } file
            ? file : name;

    private static void Run(params string[] line)
    {
        if (!Succeeds(line))
            throw new InvalidOperationException($"{string.Join(' ', line)} failed.");
    }

    private static bool Succeeds(string[] line)
    {
        // Not redirected: the server would inherit the pipe and keep it open.
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$@\" >/dev/null", "sh", .. line]) { WorkingDirectory = "/" })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
