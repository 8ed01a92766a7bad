using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Idempotency;

[Trait("Category", "Integration")]
public sealed class ForgottenKeysTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task TheClockRemovesKeysThatAreOlderThanADayAndNoOthers()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        await postgres.ExecuteAsync(
            """
            insert into idempotency_records (owner_id, key, request_hash, created_at)
            values (@id, 'old', '', now() - interval '25 hours'), (@id, 'young', '', now() - interval '23 hours')
            """, ("id", await engine.AddUserAsync("keeper")));

        // A worker that starts lets each recurring job run once.
        await using var other = await EngineHost.StartAsync(postgres, engine);

        await Eventually.TrueAsync(async () => await postgres.ScalarAsync<long>("select count(*) from idempotency_records where key = 'old'") == 0);
        Assert.Equal("young", await postgres.ScalarAsync<string>("select string_agg(key, ' ') from idempotency_records"));
    }
}
