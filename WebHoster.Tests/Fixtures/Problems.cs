using System.Net;
using Xunit;

namespace WebHoster.Tests.Fixtures;

/// <summary>The one shape that a failure under /api has.</summary>
public static class Problems
{
    /// <param name="field">The only field that <c>errors</c> names; null for a problem without.</param>
    public static async Task ExpectAsync(HttpResponseMessage answer, HttpStatusCode status, string? field = null)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == answer.StatusCode, $"{(int)answer.StatusCode}, not {(int)status}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var body = await answer.JsonAsync();
        Assert.False(body.GetProperty("success").GetBoolean());
        Assert.Equal((int)status, body.GetProperty("status").GetInt32());
        foreach (var member in new[] { "type", "title", "detail", "message", "instance" })
            Assert.NotEqual("", body.Text(member));
        if (field is null)
            Assert.False(body.TryGetProperty("errors", out _));
        else
            Assert.Equal([field], body.GetProperty("errors").EnumerateObject().Select(e => e.Name));
    }
}
