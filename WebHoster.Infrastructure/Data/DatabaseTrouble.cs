using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace WebHoster.Infrastructure.Data;

public static class DatabaseTrouble
{
    /// <summary>
    /// True where PostgreSQL was the matter, however deep: EF Core wraps a lost connection in an InvalidOperationException.
    /// Such an error says nothing about the host, so no operation fails by it; it is taken up again.
    /// </summary>
    public static bool IsDatabaseTrouble(this Exception e)
    {
        for (Exception? at = e; at is not null; at = at.InnerException)
        {
            if (at is NpgsqlException or DbUpdateException)
                return true;
        }
        return false;
    }

    private static readonly HashSet<string> Passing =
    [
        PostgresErrorCodes.LockNotAvailable, PostgresErrorCodes.QueryCanceled, PostgresErrorCodes.DiskFull, PostgresErrorCodes.OutOfMemory,
        PostgresErrorCodes.IoError,
    ];

    /// <summary>True where PostgreSQL could not be reached, hung up, or had no room or no time: trying again may help.</summary>
    public static bool IsDatabaseAway(this Exception e)
    {
        for (Exception? at = e; at is not null; at = at.InnerException)
        {
            if (at is PostgresException { InvariantSeverity: "FATAL" or "PANIC" }
                || at is PostgresException { SqlState: var state } && Passing.Contains(state)
                || at is NpgsqlException { IsTransient: true } and not PostgresException)
                return true;
        }
        return false;
    }
}
