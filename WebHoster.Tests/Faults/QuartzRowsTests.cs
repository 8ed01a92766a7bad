using Npgsql;
using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Faults;

/// <summary>Quartz is the doorbell and the clock, never the truth.</summary>
[Trait("Category", "Faults")]
public sealed class QuartzRowsTests(FaultHost host) : IClassFixture<FaultHost>
{
    private const string Empty =
        """
        do $$ begin
            execute (select 'truncate ' || string_agg(quote_ident(tablename), ', ') from pg_tables where tablename ilike 'qrtz%');
        end $$
        """;

    [Fact]
    public async Task WithEveryRowOfQuartzGoneAgainAndAgainNoWorkIsLostAndTwoWorkersShareIt()
    {
        var owners = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => host.AddUserAsync()));
        var since = host.Tools.Count;

        foreach (var kind in new[] { OperationKind.Create, OperationKind.Rebuild, OperationKind.Delete })
        {
            var work = Task.WhenAll(owners.Select(o => host.DoAsync(o, kind)));
            while (await Task.WhenAny(work, Task.Delay(200)) != work)
                await TryEmptyAsync();
            Assert.All(await work, EngineHost.AssertSucceeded);
        }

        await host.AssertFsckCleanAsync("an empty Quartz");
        Assert.All(host.Workers, w => Assert.NotEmpty(host.Tools.EffectsOf(w.Id, since)));
    }

    /// <summary>Quartz may be locking its tables in another order just then.</summary>
    private async Task TryEmptyAsync()
    {
        try
        {
            await host.Postgres.ExecuteAsync(Empty);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DeadlockDetected)
        {
            // Next time.
        }
    }

    [Fact]
    public async Task RecurringJobsComeBackByThemselves()
    {
        await TryEmptyAsync();

        await Eventually.TrueAsync(async () => await host.Postgres.ScalarAsync<long>("select count(*) from qrtz_triggers") >= 2);
    }
}
