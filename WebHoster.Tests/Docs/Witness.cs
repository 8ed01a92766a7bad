using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace WebHoster.Tests.Docs;

/// <summary>An operation of the API's description, by method and path.</summary>
internal sealed record DescribedCall(string Method, string Path, IReadOnlySet<int> Statuses)
{
    private readonly Regex _path = new($@"^{Regex.Replace(Path, @"\{\w+\}", "[^/]+")}\z");

    public static IReadOnlyList<DescribedCall> AllOf(JsonElement document) =>
    [
        .. from path in document.GetProperty("paths").EnumerateObject()
           from call in path.Value.EnumerateObject()
           select new DescribedCall(
               call.Name.ToUpperInvariant(), path.Name, call.Value.GetProperty("responses").EnumerateObject().Select(r => int.Parse(r.Name)).ToHashSet()),
    ];

    public bool Takes(string method, string path) => method == Method && _path.IsMatch(path);

    public override string ToString() => $"{Method} {Path}";
}

/// <summary>Sees which of the described responses come, and each request from an address of its own.</summary>
internal sealed class Witness(IReadOnlyList<DescribedCall> calls) : DelegatingHandler(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false })
{
    private readonly ConcurrentDictionary<(DescribedCall, int), bool> _seen = new();
    private int _address;

    /// <summary>Described and not come yet.</summary>
    public IReadOnlyList<string> Missing =>
        [.. from call in calls from status in call.Statuses where !_seen.ContainsKey((call, status)) select $"{call} {status}"];

    /// <summary>Come and not described.</summary>
    public IReadOnlyList<string> Surplus =>
        [.. _seen.Keys.Where(s => !s.Item1.Statuses.Contains(s.Item2)).Select(s => $"{s.Item1} {s.Item2}")];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Headers.Contains("X-Forwarded-For"))
            request.Headers.Add("X-Forwarded-For", $"198.51.{Interlocked.Increment(ref _address) >> 8}.{_address & 255}");
        var response = await base.SendAsync(request, cancellationToken);
        if (calls.FirstOrDefault(c => c.Takes(request.Method.Method, request.RequestUri!.AbsolutePath)) is { } call)
            _seen[(call, (int)response.StatusCode)] = true;
        return response;
    }
}
