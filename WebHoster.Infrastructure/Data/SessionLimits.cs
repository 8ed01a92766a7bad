using Npgsql;

namespace WebHoster.Infrastructure.Data;

/// <summary>
/// How long one session may keep others waiting. A process that stands still in a transaction holds its row locks: PostgreSQL
/// ends such a session after 10 s, and whoever waits for its rows has the patience for that (15 s, then 20 s for a whole statement).
/// </summary>
public static class SessionLimits
{
    public const string Unlimited = "set lock_timeout = 0; set statement_timeout = 0; set idle_in_transaction_session_timeout = 0";

    private const string Server =
        "-c idle_in_transaction_session_timeout=10s -c lock_timeout=15s -c statement_timeout=20s";

    // A peer that vanished with its host is noticed from either side; what runs on is given time for an answer.
    private const string ServerKeepalive = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";
    private const string ClientKeepalive = "Tcp Keepalive=true;Tcp Keepalive Time=10;Tcp Keepalive Interval=5";
    private const string Client = "Application Name=webhoster;Timeout=15;Command Timeout=30;Max Auto Prepare=100";

    /// <summary>The connection string with these limits; what it says itself goes first.</summary>
    public static string Apply(string connectionString)
    {
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        // Sockets in the file system have no keepalives, and refuse to be asked for them.
        var tcp = given.Host?.StartsWith('/') != true;
        return new NpgsqlConnectionStringBuilder($"{Client};{(tcp ? ClientKeepalive : "")};{connectionString}")
        {
            Options = string.Join(' ', new[] { Server, tcp ? ServerKeepalive : null, given.Options }.Where(o => !string.IsNullOrEmpty(o))),
        }.ConnectionString;
    }
}
