using WebHoster.Core.Accounts;
using Xunit;

namespace WebHoster.Tests.Account;

[Trait("Category", "Unit")]
public sealed class TokenTextTests
{
    [Fact]
    public void ATokenHasItsPrefixAnd256BitsAndIsNeverTheSame()
    {
        var (one, other) = (TokenText.Create(), TokenText.Create());
        Assert.Matches("^wh_[A-Za-z0-9_-]{43}$", one);
        Assert.NotEqual(one, other);
        Assert.Equal(32, TokenText.Hash(one)!.Length);
        Assert.NotEqual(TokenText.Hash(one), TokenText.Hash(other));
        Assert.StartsWith(TokenText.Hint(one), one);
    }

    [Theory]
    [InlineData("")]
    [InlineData("wh_")]
    [InlineData("wh_short")]
    [InlineData("xx_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("wh_éAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void WhatDoesNotLookLikeOneIsNotLookedUp(string text) => Assert.Null(TokenText.Hash(text));
}
