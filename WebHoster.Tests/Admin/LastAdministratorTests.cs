using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Admin;

[Trait("Category", "Integration")]
public sealed class LastAdministratorTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task TheLastOneStaysAlsoWhereTwoTurnAgainstEachOther()
    {
        await using var engine = await EngineHost.StartAsync(postgres);
        var (one, other) = (await engine.AddUserAsync("one"), await engine.AddUserAsync("other"));
        var people = new UserAdministration(engine.Factory, TimeProvider.System);
        await people.PromoteAsync(one, one, null, default);
        await Assert.ThrowsAsync<ConflictException>(() => people.DemoteAsync(other, one, null, default));
        await Assert.ThrowsAsync<ConflictException>(() => people.DisableAsync(other, one, null, default));

        for (var round = 0; round < 10; round++)
        {
            await people.PromoteAsync(one, one, null, default);
            await people.PromoteAsync(one, other, null, default);
            var outcomes = await Task.WhenAll(TryAsync(people.DemoteAsync(one, other, null, default)), TryAsync(people.DemoteAsync(other, one, null, default)));
            Assert.Single(outcomes, done => done);
            await using var db = await engine.DbAsync();
            Assert.Single(db.Admins.ToList());
        }
    }

    private static async Task<bool> TryAsync(Task change)
    {
        try
        {
            await change;
            return true;
        }
        catch (ConflictException)
        {
            return false;
        }
    }
}
