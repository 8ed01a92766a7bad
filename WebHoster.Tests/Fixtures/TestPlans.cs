namespace WebHoster.Tests.Fixtures;

/// <summary>Plans that allow more than one hosting.</summary>
public static class TestPlans
{
    public static Task GiveAsync(PostgresFixture database, string username, int maxHostings) => database.ExecuteAsync(
        $"""
         insert into plans (name, memory_mb, vcpus, disk_gb, max_hostings) values ('of-{maxHostings}', 512, 1, 5, {maxHostings}) on conflict do nothing;
         update users set plan_name = 'of-{maxHostings}' where user_name = @name
         """, ("name", username));
}
