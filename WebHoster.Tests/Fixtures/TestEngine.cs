using WebHoster.Core.Operations;

namespace WebHoster.Tests.Fixtures;

/// <summary>Does to the rows what the engine would, from another connection: pages must show it, whoever writes.</summary>
public sealed class TestEngine(PostgresFixture database)
{
    public Task<Guid> NewestOperationAsync(string slug) => database.ScalarAsync<Guid>(
        "select id from operations where slug = @slug order by created_at desc, id desc limit 1", ("slug", slug));

    public Task StartAsync(Guid operation) => database.ExecuteAsync(
        "update operations set status = 'running', started_at = coalesce(started_at, now()) where id = @id", ("id", operation));

    public Task BeginAsync(Guid operation, string step) => database.ExecuteAsync(
        "update operation_steps set status = 'running', started_at = now() where operation_id = @id and name = @step", ("id", operation), ("step", step));

    public Task FinishAsync(Guid operation, string step, string status = "done") => database.ExecuteAsync(
        "update operation_steps set status = @status, started_at = coalesce(started_at, now()), finished_at = now() where operation_id = @id and name = @step",
        ("id", operation), ("step", step), ("status", status));

    /// <summary>As if the step had taken so long.</summary>
    public Task TookAsync(Guid operation, string step, double seconds) => database.ExecuteAsync(
        """
        update operation_steps set started_at = finished_at - make_interval(secs => @seconds) where operation_id = @id and name = @step;
        update operations set started_at = started_at - make_interval(secs => @seconds) where id = @id
        """, ("id", operation), ("step", step), ("seconds", seconds));

    public Task SayAsync(Guid operation, string message) => database.ExecuteAsync(
        "insert into operation_events (operation_id, at, message) values (@id, now(), @message)", ("id", operation), ("message", message));

    public Task SetAsync(string slug, string status, string health = "unknown") => database.ExecuteAsync(
        "update hostings set status = @status, health = @health where slug = @slug", ("slug", slug), ("status", status), ("health", health));

    public Task SucceedAsync(Guid operation) => database.ExecuteAsync(
        "update operations set status = 'succeeded', finished_at = now() where id = @id", ("id", operation));

    public Task FailAsync(Guid operation, string error) => database.ExecuteAsync(
        "update operations set status = 'failed', error = @error, finished_at = now() where id = @id", ("id", operation), ("error", error));

    /// <summary>Erases the hosting's row as the end of a teardown does.</summary>
    public Task EraseAsync(string slug) => database.ExecuteAsync(
        """
        with gone as (delete from hostings where slug = @slug returning slot_number)
        update slots set state = 'resting', hosting_id = null, released_at = now() where number in (select slot_number from gone)
        """, ("slug", slug));

    /// <summary>A create from its first step to “running”.</summary>
    public async Task CreateAsync(string slug)
    {
        var operation = await NewestOperationAsync(slug);
        await StartAsync(operation);
        foreach (var step in OperationPlan.StepsOf(OperationKind.Create))
            await FinishAsync(operation, step);
        await database.ExecuteAsync("update hostings set host_key = @key where slug = @slug", ("key", TestKeys.HostKey), ("slug", slug));
        await SetAsync(slug, "running", "healthy");
        await SucceedAsync(operation);
    }

    /// <summary>A create that fails at its machine and is undone.</summary>
    public async Task FailCreateAsync(string slug, string error)
    {
        var operation = await NewestOperationAsync(slug);
        await StartAsync(operation);
        await FinishAsync(operation, StepName.AnnounceRoute);
        await FinishAsync(operation, StepName.CreateDisk);
        await FinishAsync(operation, StepName.WriteSeed);
        await FinishAsync(operation, StepName.StartMachine, "failed");
        await EraseAsync(slug);
        await FailAsync(operation, error);
    }
}
