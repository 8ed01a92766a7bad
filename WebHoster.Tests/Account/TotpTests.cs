using System.Text;
using WebHoster.Core.Accounts;
using Xunit;

namespace WebHoster.Tests.Account;

/// <summary>Against the examples of the RFCs, so that every authenticator app shows the same.</summary>
[Trait("Category", "Unit")]
public sealed class TotpTests
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");

    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void TheCodesAreThoseOfRfc6238(long seconds, string code) =>
        Assert.Equal(code, Totp.CodeAt(Secret, Totp.StepAt(DateTimeOffset.FromUnixTimeSeconds(seconds))));

    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Base32IsThatOfRfc4648(string text, string encoded) => Assert.Equal(encoded, Base32.Encode(Encoding.ASCII.GetBytes(text)));

    [Theory]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void AClockMayBeOneStepOffAndNoMore(int steps, bool counts)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
        var step = Totp.StepAt(now) + steps;
        Assert.Equal(counts ? step : null, Totp.Match(Secret, Totp.CodeAt(Secret, step), now));
    }

    [Theory]
    [InlineData("")]
    [InlineData("28708")]
    [InlineData("2870822")]
    [InlineData("２８７０８２")]
    public void WhatIsNoCodeMatchesNothing(string code) => Assert.Null(Totp.Match(Secret, code, DateTimeOffset.FromUnixTimeSeconds(59)));

    [Fact]
    public void ARecoveryCodeIsKnownHoweverItIsTyped()
    {
        var code = RecoveryCode.NewText();
        Assert.Matches("^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$", code);
        Assert.Equal(RecoveryCode.HashOf(code), RecoveryCode.HashOf($" {code.ToLowerInvariant().Replace("-", " ")}"));
        Assert.Null(RecoveryCode.HashOf(code[1..]));
        Assert.NotEqual(code, RecoveryCode.NewText());
    }

    [Fact]
    public void TheAddressHasWhatAppsRead() => Assert.Equal(
        "otpauth://totp/WebHoster%20localhost:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=WebHoster%20localhost&algorithm=SHA1&digits=6&period=30",
        Totp.Uri("localhost", "ada", Secret));
}
