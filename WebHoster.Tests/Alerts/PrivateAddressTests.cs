using System.Net;
using WebHoster.Core.Alerts;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Alerts;
using Xunit;

namespace WebHoster.Tests.Alerts;

[Trait("Category", "Unit")]
public sealed class PrivateAddressTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("0.0.0.0")]
    [InlineData("10.86.0.16")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("::ffff:0:10.0.0.1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("fc00::1")]
    [InlineData("fd12::1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%2")]
    [InlineData("ff02::1")]
    [InlineData("2001:db8::1")]
    public void WhatIsNotOfTheInternetIsPrivate(string address) => Assert.True(PrivateAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.167.255.255")]
    [InlineData("223.255.255.255")]
    [InlineData("::ffff:1.1.1.1")]
    [InlineData("64:ff9b::1.1.1.1")]
    [InlineData("2606:4700::1111")]
    public void WhatIsOfTheInternetIsNot(string address) => Assert.False(PrivateAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData(TargetKind.Webhook, "ftp://example.org/")]
    [InlineData(TargetKind.Webhook, "https://user:secret@example.org/")]
    [InlineData(TargetKind.Webhook, "https://example.org/#here")]
    [InlineData(TargetKind.Webhook, "example.org")]
    [InlineData(TargetKind.Webhook, "https://")]
    [InlineData(TargetKind.Webhook, "https://example.org/\nHost: x")]
    [InlineData(TargetKind.Webhook, null)]
    [InlineData(TargetKind.Mail, "ops")]
    [InlineData(TargetKind.Mail, "ops@localhost")]
    [InlineData(TargetKind.Mail, "Ops <ops@example.org>")]
    [InlineData(TargetKind.Mail, "ops@example.org\r\nBcc: x@example.org")]
    public void WhatIsNoAddressIsRefused(TargetKind kind, string? text) =>
        Assert.Equal(["address"], Assert.Throws<InvalidInputException>(() => TargetAddress.Parse(kind, text)).Errors.Keys);

    [Fact]
    public void TriesComeLaterEachTimeAndEndAfterADay()
    {
        var since = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        Assert.Equal([5, 10, 20, 40, 3600], new[] { 1, 2, 3, 4, 12 }.Select(n => (BackOff.Next(n, since)!.Value - since).TotalSeconds));
        var (tries, at) = (1, since);
        for (; BackOff.Next(tries, at) is { } next; tries++)
            at = next;
        Assert.InRange(at - since, TimeSpan.FromHours(23.5), TimeSpan.FromHours(24.5));
        Assert.Null(BackOff.Next(tries + 1, at));
    }
}
