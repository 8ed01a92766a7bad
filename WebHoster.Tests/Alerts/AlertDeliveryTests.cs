using WebHoster.Core.Alerts;
using WebHoster.Core.Errors;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Alerts;

/// <summary>From what is raised to what arrives: nothing is lost, and what is over is said to be.</summary>
[Trait("Category", "Integration")]
public sealed class AlertDeliveryTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private AlertReceiver _receiver = null!;

    public async Task InitializeAsync() => _receiver = await AlertReceiver.StartAsync();

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    [Fact]
    public async Task AnAlertIsToldOnceAndItsEndAsWell()
    {
        await using var host = await AlertHost.StartAsync(postgres);
        await host.AddTargetAsync(_receiver);
        for (var i = 0; i < 3; i++)
            await host.Book.RaiseAsync(AlertKind.BackupFailed, "bob", "The backup of bob failed.", default);
        await Eventually.TrueAsync(() => _receiver.Received.Count == 1);
        for (var i = 0; i < 2; i++)
            await host.Book.ResolveAsync(AlertKind.BackupFailed, "bob", default);
        await Eventually.TrueAsync(() => _receiver.Received.Count == 2);
        Assert.Equal(["alert.opened", "alert.resolved"], _receiver.Received.Select(r => r.Event));
        Assert.NotEqual(default, _receiver.Received.Last().Json.GetProperty("alert").GetProperty("ended_at").GetDateTimeOffset());
        await Eventually.TrueAsync(async () => (await host.Queries.ListDeliveriesAsync(9, default)).All(d => d.Delivery.Status == DeliveryStatus.Delivered));
    }

    [Fact]
    public async Task WhatDoesNotArriveIsTriedAgainLaterAndInOrder()
    {
        _receiver.Answer = 503;
        await using var host = await AlertHost.StartAsync(postgres);
        await host.AddTargetAsync(_receiver);
        await host.Book.RaiseAsync(AlertKind.BackupFailed, "bob", "The backup of bob failed.", default);
        await Eventually.TrueAsync(async () => await LogAsync(host) is [{ Tries: 1, Error: "It answered 503." }]);
        var tried = (await LogAsync(host))[0];
        Assert.InRange(tried.NextTryAt!.Value - tried.LastTryAt!.Value, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8));
        // Its end waits until its beginning has been told.
        await host.Book.ResolveAsync(AlertKind.BackupFailed, "bob", default);
        _receiver.Answer = 200;
        await host.Targets.RetryAsync(Guid.NewGuid(), tried.Id, null, default);
        await Eventually.TrueAsync(async () => (await LogAsync(host)).All(d => d.Status == DeliveryStatus.Delivered));
        Assert.Equal(["alert.opened", "alert.opened", "alert.resolved"], _receiver.Received.Select(r => r.Event));
        Assert.Equal(_receiver.Received.First().Json.Text("id"), _receiver.Received.ElementAt(1).Json.Text("id"));
        await Assert.ThrowsAsync<ConflictException>(() => host.Targets.RetryAsync(Guid.NewGuid(), tried.Id, null, default));
    }

    [Fact]
    public async Task WhatAKilledProcessHadInHandIsSentByAnother()
    {
        await using (var first = await AlertHost.StartAsync(postgres))
        {
            var target = await first.AddTargetAsync(_receiver);
            await first.Targets.PauseAsync(Guid.NewGuid(), target.Id, null, default);
            await first.Book.RaiseAsync(AlertKind.BackupFailed, "bob", "The backup of bob failed.", default);
        }
        // Claimed, and then killed: the claim has run out, and nobody has said how it went.
        await postgres.ExecuteAsync("update alert_deliveries set tries = 1, claimed_until = now() - interval '1 second'; update alert_targets set paused_at = null");
        Assert.Empty(_receiver.Received);
        await using var second = await AlertHost.StartAsync(postgres, fresh: false);
        await Eventually.TrueAsync(() => _receiver.Received.Count == 1);
        await Eventually.TrueAsync(async () => await LogAsync(second) is [{ Status: DeliveryStatus.Delivered, Tries: 2 }]);
    }

    [Fact]
    public async Task TwoProcessesDeliverOnce()
    {
        await using var one = await AlertHost.StartAsync(postgres);
        await using var other = await AlertHost.StartAsync(postgres, fresh: false);
        await one.AddTargetAsync(_receiver);
        await Task.WhenAll(Enumerable.Range(0, 20).SelectMany(i => new[] { one, other }.Select(
            h => h.Book.RaiseAsync(AlertKind.BackupFailed, $"b{i}", $"The backup of b{i} failed.", default))));
        await Eventually.TrueAsync(async () => await LogAsync(one) is { Count: 20 } log && log.All(d => d.Status == DeliveryStatus.Delivered));
        Assert.Equal(20, _receiver.Received.Select(r => r.Json.Text("id")).Distinct().Count());
        Assert.Equal(20, _receiver.Received.Count);
    }

    [Fact]
    public async Task APausedTargetHearsItLaterARemovedOneNeverAndATestIsTriedOnce()
    {
        await using var host = await AlertHost.StartAsync(postgres);
        await using var other = await AlertReceiver.StartAsync();
        var (paused, removed) = (await host.AddTargetAsync(_receiver, "paused"), await host.AddTargetAsync(other, "removed"));
        other.Answer = 500;
        await host.Targets.TestAsync(Guid.NewGuid(), removed.Id, null, default);
        await Eventually.TrueAsync(async () => await LogAsync(host) is [{ Status: DeliveryStatus.GivenUp, Event: AlertEvent.Test }]);
        Assert.Equal("alert.test", Assert.Single(other.Received).Event);

        foreach (var target in new[] { paused, removed })
            await host.Targets.PauseAsync(Guid.NewGuid(), target.Id, null, default);
        await Assert.ThrowsAsync<ConflictException>(() => host.Targets.TestAsync(Guid.NewGuid(), paused.Id, null, default));
        await host.Book.RaiseAsync(AlertKind.BackupFailed, "bob", "The backup of bob failed.", default);
        await host.Targets.RemoveAsync(Guid.NewGuid(), removed.Id, null, default);
        Assert.Empty(_receiver.Received);
        await host.Targets.ResumeAsync(Guid.NewGuid(), paused.Id, null, default);
        await Eventually.TrueAsync(() => _receiver.Received.Count == 1);
        Assert.Single(other.Received);
        Assert.Equal("removed", Assert.Single(await LogAsync(host), d => d.Status == DeliveryStatus.CalledOff).TargetName);
        Assert.Equal("add add test pause pause remove resume", await postgres.ScalarAsync<string>(
            "select string_agg(substr(action, 14), ' ' order by id) from audit_entries where action like 'alert_target.%' and id > (select max(id) - 7 from audit_entries)"));
    }

    [Fact]
    public async Task ATargetWithinTheHouseIsRefusedAtOnceAndANameThatComesToLeadThereWhenItIsDialled()
    {
        await using var host = await AlertHost.StartAsync(postgres, settings: ["Alerts:Permitted:0=intranet.example"]);
        await Assert.ThrowsAsync<InvalidInputException>(() => host.AddTargetAsync(_receiver));
        var inside = $"http://localhost:{_receiver.Port}/";
        await Assert.ThrowsAsync<InvalidInputException>(() => host.Targets.AddAsync(Guid.NewGuid(), TargetKind.Webhook, "by name", inside, null, default));
        var (target, _) = await host.Targets.AddAsync(Guid.NewGuid(), TargetKind.Webhook, "by name", "http://203.0.114.1/", null, default);
        await postgres.ExecuteAsync("update alert_targets set address = @inside", ("inside", inside));
        await host.Targets.TestAsync(Guid.NewGuid(), target.Id, null, default);
        await Eventually.TrueAsync(async () => await LogAsync(host) is [{ Status: DeliveryStatus.GivenUp }]);
        Assert.Contains("no public address", (await LogAsync(host))[0].Error);
        Assert.Empty(_receiver.Received);
    }

    private static async Task<List<AlertDelivery>> LogAsync(AlertHost host) => [.. (await host.Queries.ListDeliveriesAsync(50, default)).Select(d => d.Delivery)];
}
