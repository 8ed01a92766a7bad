using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.EndToEnd;

/// <summary>A person who knows the API and nothing else.</summary>
internal sealed class Customer(string name, string email, HttpClient http)
{
    private const string Password = "four words in a row";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    /// <summary>What nobody but its owner may ever see again: passwords, tokens, lines of private keys.</summary>
    public static ConcurrentBag<string> Secrets { get; } = [Password];

    public string Name => name;

    public HttpClient Http => http;

    /// <summary>The private key that the answer to the create handed over, in a file.</summary>
    public string KeyFile { get; private set; } = "";

    public static async Task<Customer> RegisterAsync(LiveInstall install, string name)
    {
        var customer = new Customer(name, $"{name}@example.com", Client(install));
        var made = await customer.PostAsync("auth/register", new { email = $"{name}@example.com", username = name, password = Password });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        await customer.SignInAsync(Password);
        return customer;
    }

    public static async Task<Customer> OwnerAsync(LiveInstall install)
    {
        var owner = new Customer("owner", "owner@localhost", Client(install)) { KeyFile = install.OwnerKey };
        await owner.SignInAsync((await File.ReadAllTextAsync(Path.Combine(install.Data, "secrets", "admin.password"))).Trim());
        return owner;
    }

    /// <summary>Asks for a hosting; the operation's URL.</summary>
    public async Task<string> AskForHostingAsync()
    {
        var answer = await PostAsync("host", new { });
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        KeyFile = Path.GetTempFileName();
        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var key = (await DataAsync(answer)).GetProperty("ssh_private_key").GetString()!;
        await File.WriteAllTextAsync(KeyFile, key);
        foreach (var line in key.Split('\n'))
            Secrets.Add(line);
        return answer.Headers.Location!.ToString();
    }

    public async Task<string> AskForAsync(string what)
    {
        var answer = await PostAsync($"host/my/{what}", new { });
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return answer.Headers.Location!.ToString();
    }

    /// <summary>The key's URL.</summary>
    public async Task<string> AddKeyAsync(string keyName, string publicKey)
    {
        var answer = await PostAsync("ssh-keys", new { name = keyName, public_key = publicKey });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return answer.Headers.Location!.ToString();
    }

    public async Task RemoveKeyAsync(string location) => (await http.DeleteAsync(location)).EnsureSuccessStatusCode();

    public async Task<string> AskForDeleteAsync()
    {
        var answer = await http.DeleteAsync("host/my");
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return answer.Headers.Location!.ToString();
    }

    /// <summary>Polls the operation as a script does, to its end.</summary>
    public async Task<JsonElement> EndAsync(string location)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Patience; await Task.Delay(500))
        {
            var operation = await DataAsync(await http.GetAsync(location));
            if (operation.GetProperty("status").GetString() is not ("queued" or "running"))
                return operation;
        }
        throw new TimeoutException($"{location} did not end within {Patience}.");
    }

    public async Task SucceedAsync(string location)
    {
        var operation = await EndAsync(location);
        Assert.True(operation.GetProperty("status").GetString() == "succeeded", operation.ToString());
    }

    /// <summary>Polls the hosting until it is as expected.</summary>
    public async Task UntilAsync(Func<JsonElement, bool> expected, TimeSpan patience)
    {
        for (var watch = Stopwatch.StartNew(); !expected(await HostingAsync()); await Task.Delay(250))
            Assert.True(watch.Elapsed < patience, (await HostingAsync()).ToString());
    }

    public async Task<JsonElement> HostingAsync() => await DataAsync(await http.GetAsync("host/my"));

    public async Task<HttpStatusCode> HostingStatusCodeAsync() => (await http.GetAsync("host/my")).StatusCode;

    private static HttpClient Client(LiveInstall install) =>
        new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri($"{install.PortalUrl}/api/v1/") };

    private async Task SignInAsync(string password)
    {
        var answer = await PostAsync("auth/login", new { email, password });
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
        Secrets.Add(token);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    private Task<HttpResponseMessage> PostAsync(string path, object body) => http.PostAsJsonAsync(path, body);

    private static async Task<JsonElement> DataAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
    }
}
