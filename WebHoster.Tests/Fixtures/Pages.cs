using System.Text.RegularExpressions;

namespace WebHoster.Tests.Fixtures;

/// <summary>What a browser does with the static forms.</summary>
public static partial class Pages
{
    /// <summary>Fetches the page, fills its form and posts it, antiforgery token included.</summary>
    public static Task<HttpResponseMessage> SubmitAsync(HttpClient browser, string path, params (string Name, string Value)[] fields) =>
        SubmitAsync(browser, path, path, fields);

    /// <param name="action">Where the form goes.</param>
    public static async Task<HttpResponseMessage> SubmitAsync(HttpClient browser, string path, string action, params (string Name, string Value)[] fields)
    {
        var html = await (await browser.GetAsync(path)).Content.ReadAsStringAsync();
        var all = Hidden().Matches(html).Select(m => (m.Groups[1].Value, m.Groups[2].Value)).Concat(fields)
            .GroupBy(f => f.Item1).ToDictionary(g => g.Key, g => g.Last().Item2);
        return await browser.PostAsync(action, new FormUrlEncodedContent(all));
    }

    public static Task<HttpResponseMessage> SignInAsync(HttpClient browser, Person person, string returnUrl = "") => SubmitAsync(
        browser, $"/login?returnUrl={Uri.EscapeDataString(returnUrl)}", ("Input.Name", person.Name), ("Input.Password", Person.Password));

    /// <summary>A form that was taken leads on.</summary>
    public static void EnsureSuccessStatusCodeOrRedirect(this HttpResponseMessage answer)
    {
        if (answer.StatusCode != System.Net.HttpStatusCode.Redirect)
            answer.EnsureSuccessStatusCode();
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();
}
