using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using Xunit;

namespace WebHoster.Tests.Hostings;

[Trait("Category", "Unit")]
public sealed class SlugTests
{
    [Theory]
    [InlineData("bo")]
    [InlineData("bob")]
    [InlineData("bob-2")]
    [InlineData("a1-b2-c3")]
    [InlineData("abcdefghijklmnopqrstuvwxyz0123")]
    public void AGoodNameIsTaken(string value) => Assert.Equal(value, Slug.Require(value));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("b")]
    [InlineData("abcdefghijklmnopqrstuvwxyz01234")]
    [InlineData("Bob")]
    [InlineData("1bob")]
    [InlineData("-bob")]
    [InlineData("bob-")]
    [InlineData("bo--b")]
    [InlineData("bob\n")]
    [InlineData("bob\0")]
    [InlineData("bo b")]
    [InlineData("bob;")]
    [InlineData("{bob}")]
    [InlineData("bob/..")]
    [InlineData("bоb")] // a Cyrillic о
    [InlineData("ｂob")] // a full-width b
    [InlineData("bob١")] // an Arabic digit
    [InlineData("admin")]
    [InlineData("www")]
    public void ABadNameIsRefusedWithAMessageForItsField(string? value)
    {
        var error = Assert.Throws<InvalidInputException>(() => Slug.Require(value));
        Assert.NotEmpty(error.Errors["username"]);
    }
}
