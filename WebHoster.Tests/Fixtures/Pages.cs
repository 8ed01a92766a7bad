using System.Net;
using System.Text.RegularExpressions;

namespace WebHoster.Tests.Fixtures;

/// <summary>What a browser does with the static forms.</summary>
public static partial class Pages
{
    /// <summary>A browser of its own, that follows nothing by itself.</summary>
    public static HttpClient Browser(PortalFixture portal)
    {
        var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = portal.Url };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
        return http;
    }

    /// <summary>Fetches the page, fills its first form and posts it, antiforgery token included.</summary>
    public static async Task<HttpResponseMessage> SubmitAsync(HttpClient browser, string path, params (string Name, string Value)[] fields) =>
        await PostAsync(browser, path, await browser.GetStringAsync(path), null, fields);

    /// <summary>Fetches the page, fills the form of this name and posts it.</summary>
    public static async Task<HttpResponseMessage> SubmitFormAsync(HttpClient browser, string path, string form, params (string Name, string Value)[] fields) =>
        await PostAsync(browser, path, await browser.GetStringAsync(path), form, fields);

    /// <summary>As <see cref="SubmitFormAsync"/>, with a page that was fetched before.</summary>
    public static Task<HttpResponseMessage> PostAsync(
        HttpClient browser, string path, string html, string? form, params (string Name, string Value)[] fields)
    {
        var block = Form().Matches(html).Select(m => m.Value)
            .First(f => f.Contains("name=\"_handler\"") && (form is null || f.Contains($"name=\"_handler\" value=\"{form}\"")));
        return browser.PostAsync(path, Fill(block, fields));
    }

    /// <summary>Fetches the page, fills its form that goes to <paramref name="action"/> and posts it there.</summary>
    public static async Task<HttpResponseMessage> SubmitAsync(HttpClient browser, string path, string action, params (string Name, string Value)[] fields)
    {
        var forms = Form().Matches(await browser.GetStringAsync(path)).Select(m => m.Value);
        return await browser.PostAsync(action, Fill(forms.First(f => f.Contains($"action=\"{action}\"")), fields));
    }

    public static Task<HttpResponseMessage> SignInAsync(HttpClient browser, Person person, string returnUrl = "") => SubmitAsync(
        browser, $"/login?returnUrl={Uri.EscapeDataString(returnUrl)}", ("Input.Name", person.Name), ("Input.Password", Person.Password));

    /// <summary>A form that was taken leads on.</summary>
    public static void EnsureSuccessStatusCodeOrRedirect(this HttpResponseMessage answer)
    {
        if (answer.StatusCode != System.Net.HttpStatusCode.Redirect)
            answer.EnsureSuccessStatusCode();
    }

    private static FormUrlEncodedContent Fill(string form, (string Name, string Value)[] fields) => new(
        Hidden().Matches(form).Select(m => (m.Groups[1].Value, WebUtility.HtmlDecode(m.Groups[2].Value))).Concat(fields)
            .GroupBy(f => f.Item1).ToDictionary(g => g.Key, g => g.Last().Item2));

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();
}
