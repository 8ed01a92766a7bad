using WebHoster.Web.Account;
using Xunit;

namespace WebHoster.Tests.Account;

[Trait("Category", "Unit")]
public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("four words in a row")]
    [InlineData("비밀번호는길어야안전하다")]
    [InlineData("x7#kQ9!mZ2")]
    public void ALongUncommonPasswordWillDo(string password) =>
        Assert.Null(PasswordRules.Problem(password, "ada@example.org", "ada"));

    [Theory]
    [InlineData(null, "needed")]
    [InlineData("", "needed")]
    [InlineData("nine-char", "10 to 128")]
    [InlineData("Password123", "first that are tried")]
    [InlineData("aaaaaaaaaaaa", "first that are tried")]
    [InlineData("abcabcabcabc", "first that are tried")]
    [InlineData("abcdefghijkl", "first that are tried")]
    [InlineData("9876543210", "first that are tried")]
    [InlineData("ADA.LOVELACE@example.org", "email or username")]
    [InlineData("ada.lovelace", "email or username")]
    [InlineData("ada-the-first", "email or username")]
    public void OthersAreRefusedWithAReason(string? password, string reason) =>
        Assert.Contains(reason, PasswordRules.Problem(password, "ada.lovelace@example.org", "ada-the-first"));

    [Fact]
    public void TheLongestHas128Characters()
    {
        var words = string.Concat(Enumerable.Range(0, 26).Select(i => $"w{i:00}-x"));
        Assert.Null(PasswordRules.Problem(words[..128]));
        Assert.NotNull(PasswordRules.Problem(words[..129]));
    }

    [Theory]
    [InlineData("ada@example.org", true)]
    [InlineData("a.b+c@mail.example.org", true)]
    [InlineData("owner@localhost", true)]
    [InlineData("ada", false)]
    [InlineData("ada@", false)]
    [InlineData("@example.org", false)]
    [InlineData("a..b@example.org", false)]
    [InlineData("ada@exa mple.org", false)]
    [InlineData("ada@example.org\n", false)]
    [InlineData("ada@-example.org", false)]
    public void AnEmailIsTakenAsPeopleWriteIt(string email, bool good) =>
        Assert.Equal(good, EmailAddress.Problem(EmailAddress.Normalise(email)) is null);

    [Theory]
    [InlineData("/dashboard", "/dashboard")]
    [InlineData("/", "/")]
    [InlineData(null, "/dashboard")]
    [InlineData("", "/dashboard")]
    [InlineData("dashboard", "/dashboard")]
    [InlineData("//evil", "/dashboard")]
    [InlineData("/\\evil", "/dashboard")]
    [InlineData("/\t/evil", "/dashboard")]
    public void AReturnAddressIsAPathOfThisPortal(string? url, string expected) =>
        Assert.Equal(expected, LocalUrl.OrDefault(url));
}
