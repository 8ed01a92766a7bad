using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Realtime;

/// <summary>What PostgreSQL announces.</summary>
[Trait("Category", "Integration")]
public sealed class AnnouncementTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    /// <summary>Whoever looks for work by an UPDATE, and is woken by its table's announcements, would wake itself for ever.</summary>
    [Fact]
    public async Task AnUpdateThatChangesNoRowIsNoNews() => Assert.Equal(
        "",
        await postgres.ScalarAsync<string>(
            """
            select coalesce(string_agg(tgname, ', '), '') from pg_trigger join pg_proc on pg_proc.oid = tgfoid
            where not tgisinternal and proname like 'announce%' and tgtype & 16 <> 0 and tgtype & 1 = 0
            """));
}
