using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using WebHoster.Core.Alerts;
using WebHoster.Infrastructure.Alerts;
using WebHoster.Infrastructure.Settings;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Alerts;

/// <summary>Real requests to a real server: signed where they may go, and never made where they may not.</summary>
[Trait("Category", "Integration")]
public sealed class WebhookSenderTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly string Secret = AlertTarget.NewSecret();
    private static readonly WebhookSecrets Secrets = new(new EphemeralDataProtectionProvider());

    private AlertReceiver _receiver = null!;

    public async Task InitializeAsync() => _receiver = await AlertReceiver.StartAsync();

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    [Fact]
    public async Task ARequestIsSignedOverItsTimeAndItsBody()
    {
        var target = Target(_receiver.Url);
        Assert.Null(await SendAsync(target, ["127.0.0.1"]));
        var received = Assert.Single(_receiver.Received);
        var timestamp = received.Headers["WebHoster-Timestamp"];
        Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - long.Parse(timestamp), 0, 60);
        // Another program's HMAC, as the documentation tells receivers to make it.
        var openssl = await Shell.RunAsync("openssl", ["dgst", "-sha256", "-hmac", Secret, "-hex"], new Dictionary<string, string>(), $"{timestamp}.{received.Body}");
        Assert.Equal($"v1={openssl.Ok().Split(' ')[^1]}", received.Headers["WebHoster-Signature"]);
        Assert.Equal(received.Json.Text("id"), received.Headers["WebHoster-Delivery"]);
        Assert.Equal(("alert.opened", "operation_failed", "The create of bob failed."), (
            received.Event, received.Json.GetProperty("alert").Text("kind"), received.Json.GetProperty("alert").Text("words")));
        Assert.Equal("application/json; charset=utf-8", received.Headers["Content-Type"]);
        Assert.DoesNotContain(Secret, received.Body + target.Secret);
    }

    [Fact]
    public async Task WhereThePortalsKeysAreOthersNothingIsSent()
    {
        using var sender = new WebhookSender(Dialer("127.0.0.1"), new WebhookSecrets(new EphemeralDataProtectionProvider()), TimeProvider.System);
        Assert.Contains("add it again", await sender.SendAsync(Target(_receiver.Url), Message(), default));
        Assert.Empty(_receiver.Received);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("0.0.0.0")]
    [InlineData("2130706433")]
    [InlineData("0x7f.1")]
    public async Task NothingWithinTheHouseIsConnectedTo(string host)
    {
        Assert.Contains("no public address", await SendAsync(Target($"http://{host}:{_receiver.Port}/hook"), []));
        Assert.Empty(_receiver.Received);
    }

    [Fact]
    public async Task ANameThatMeansSomethingElseAMomentLaterGainsNothing()
    {
        var answers = new Queue<IPAddress[]>([[IPAddress.Parse("203.0.114.1")], [IPAddress.Loopback]]);
        var dialer = new WebhookDialer(Options.Create(new AlertSettings()), (_, _) => Task.FromResult(answers.Dequeue()));
        // Whoever looks first sees a public address; the connection is made by what is looked up for it.
        Assert.False(await dialer.RefusesAsync("rebind.example", default));
        using var sender = new WebhookSender(dialer, Secrets, TimeProvider.System);
        Assert.Contains("no public address", await sender.SendAsync(Target($"http://rebind.example:{_receiver.Port}/"), Message(), default));
        Assert.Empty(answers);
        Assert.Empty(_receiver.Received);
    }

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("203.0.114.1", false)]
    [InlineData(null, false)]
    public async Task ANameThatIsWithinTheHouseIsRefusedAtOnceAndOneThatNobodyKnowsYetIsNot(string? address, bool refused)
    {
        var dialer = new WebhookDialer(
            Options.Create(new AlertSettings()),
            (_, _) => address is null ? Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound)) : Task.FromResult(new[] { IPAddress.Parse(address) }));
        Assert.Equal(refused, await dialer.RefusesAsync("hooks.example", default));
    }

    [Fact]
    public async Task ANameIsDialledAtItsPublicAddressesAlone()
    {
        var dialer = new WebhookDialer(
            Options.Create(new AlertSettings { Permitted = ["127.0.0.1/32"] }), (_, _) => Task.FromResult(new[] { IPAddress.Parse("10.1.2.3"), IPAddress.Loopback }));
        using var sender = new WebhookSender(dialer, Secrets, TimeProvider.System);
        Assert.Null(await sender.SendAsync(Target($"http://both.example:{_receiver.Port}/"), Message(), default));
    }

    [Theory]
    [InlineData("localhost", "localhost", true)]
    [InlineData("LOCALHOST", "localhost", true)]
    [InlineData("127.0.0.0/8", "localhost", true)]
    [InlineData("intranet.example", "localhost", false)]
    [InlineData("10.0.0.0/8", "127.0.0.1", false)]
    public async Task WhatIsNamedInTheSettingsIsPermitted(string permitted, string host, bool arrives)
    {
        var error = await SendAsync(Target($"http://{host}:{_receiver.Port}/"), [permitted]);
        Assert.Equal((arrives, arrives ? 1 : 0), (error is null, _receiver.Received.Count));
    }

    [Fact]
    public async Task ARedirectIsNotFollowed()
    {
        await using var other = await AlertReceiver.StartAsync();
        (_receiver.Answer, _receiver.Location) = (307, other.Url);
        Assert.Equal("It answered 307.", await SendAsync(Target(_receiver.Url), ["127.0.0.1"]));
        Assert.Empty(other.Received);
    }

    private static async Task<string?> SendAsync(AlertTarget target, string[] permitted)
    {
        using var sender = new WebhookSender(Dialer(permitted), Secrets, TimeProvider.System);
        return await sender.SendAsync(target, Message(), default);
    }

    private static WebhookDialer Dialer(params string[] permitted) => new(Options.Create(new AlertSettings { Permitted = permitted }));

    private static AlertTarget Target(string url) => new(TargetKind.Webhook, "on-call", url, Secrets.Seal(Secret), Guid.NewGuid(), Now);

    private static AlertMessage Message() => new(
        Guid.NewGuid(), "alert.opened", "localhost", "http://localhost:8080/admin/alerts",
        new AlertMessage.About(Guid.NewGuid(), AlertKind.OperationFailed, "7", "The create of bob failed.", Now, null));
}
