using WebHoster.Web.Languages;
using Xunit;

namespace WebHoster.Tests.Languages;

[Trait("Category", "Unit")]
public sealed class FormatsTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1024, "1 KB")]
    [InlineData(1536, "1.5 KB")]
    [InlineData(10 * 1024 * 1024, "10 MB")]
    [InlineData(1024L * 1024 * 1024, "1 GB")]
    public void BytesReadAsPeopleWriteThem(long bytes, string text) => Assert.Equal(text, Reader.Of("en").Bytes(bytes));

    [Theory]
    [InlineData("en", 1, "Log (1 line)")]
    [InlineData("en", 1200, "Log (1,200 lines)")]
    [InlineData("ko", 1, "로그 (1줄)")]
    public void ACountHasItsWord(string language, int lines, string text) =>
        Assert.Equal(text, Reader.Of(language).Count(lines, "Log ({0} line)", "Log ({0} lines)"));

    [Fact]
    public void WhatIsPutIntoATextWithTagsIsEncoded() =>
        Assert.Equal("Type <code>&lt;b&gt;</code> to go on", Reader.Of("en").Markup("Type <code>{0}</code> to go on", "<b>").Value);
}
