using System.Net;
using System.Text.RegularExpressions;
using WebHoster.Core.Accounts;
using Xunit;

namespace WebHoster.Tests.Fixtures;

/// <summary>A phone with an authenticator app that has read a key off the page.</summary>
public sealed partial class AuthenticatorApp
{
    private readonly byte[] _secret;
    private long _shown;

    /// <param name="key">As the page shows it.</param>
    public AuthenticatorApp(string key) => _secret = Decode(key.Replace(" ", ""));

    public string Secret => Base32.Encode(_secret);

    /// <summary>What the app shows, never the same twice: a code that was taken counts no more. The one after it counts already.</summary>
    public string Code()
    {
        _shown = Math.Max(Now, _shown + 1);
        while (_shown > Now + 1)
            Thread.Sleep(200); // as one waits with the phone in one's hand
        return Totp.CodeAt(_secret, _shown);
    }

    /// <summary>The code that was shown last.</summary>
    public string OldCode() => Totp.CodeAt(_secret, _shown);

    /// <summary>Sets it up for who is signed in, as a person does.</summary>
    /// <returns>The app, and the recovery codes that were shown.</returns>
    public static async Task<(AuthenticatorApp App, IReadOnlyList<string> Codes)> SetUpAsync(HttpClient browser, string password = Person.Password)
    {
        const string Path = "/account/security/app";
        var html = await browser.GetStringAsync(Path);
        var app = new AuthenticatorApp(KeyOnPage().Match(html).Groups[1].Value);
        var answer = await Pages.PostAsync(browser, Path, html, "app", ("Code", app.Code()), ("Password", password));
        var codes = CodeOnPage().Matches(await answer.Content.ReadAsStringAsync()).Select(m => m.Value).ToList();
        Assert.True(answer.StatusCode == HttpStatusCode.OK && codes.Count == RecoveryCode.Count, $"{answer.StatusCode}, {codes.Count} codes");
        return (app, codes);
    }

    private static long Now => Totp.StepAt(DateTimeOffset.UtcNow);

    private static byte[] Decode(string text)
    {
        var bits = string.Concat(text.Select(c => Convert.ToString(Base32.Alphabet.IndexOf(c), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }

    [GeneratedRegex("id=\"app-key\">([A-Z2-7 ]+)<")]
    private static partial Regex KeyOnPage();

    [GeneratedRegex("(?<=<li><code>)[A-Z2-7]{4}(-[A-Z2-7]{4}){3}")]
    private static partial Regex CodeOnPage();
}
