using System.Net;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Operations;

/// <summary>Waiting requests, and a portal or a PostgreSQL that goes away meanwhile.</summary>
[Trait("Category", "Integration")]
public sealed class InterruptedWaitTests(PortalFixture portal) : IClassFixture<PortalFixture>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task AStreamAndAWaitOutliveAPostgresThatIsGoneForAMoment()
    {
        var person = await Person.AddAsync(portal);
        var location = (await person.CreateHostingAsync()).Headers.Location;
        using var stream = new StreamReader(await person.Http.GetStreamAsync($"{location}/events"));
        Assert.Equal("event: operation", await stream.ReadLineAsync().WaitAsync(Soon));
        var waiting = person.Http.GetAsync($"{location}?wait=60");
        // Answered after the other was taken in.
        await person.Http.GetAsync($"{location}?wait=1");

        await portal.Database.CutOffAsync();
        using var http = new HttpClient { BaseAddress = portal.Url };
        await Eventually.TrueAsync(async () => (await http.GetAsync("/health/ready")).StatusCode == HttpStatusCode.ServiceUnavailable);
        await portal.Database.LetInAsync();
        await portal.Engine.CreateAsync(person.Name);

        Assert.Contains("\"status\":\"succeeded\"", await stream.ReadToEndAsync().WaitAsync(Soon));
        Assert.Equal(HttpStatusCode.OK, (await waiting.WaitAsync(Soon)).StatusCode);
    }

    [Fact]
    public async Task APortalThatStopsAnswersWhoWaitsAtOnce()
    {
        var person = await Person.AddAsync(portal);
        var location = (await person.CreateHostingAsync()).Headers.Location;
        using var stream = new StreamReader(await person.Http.GetStreamAsync($"{location}/events"));
        Assert.Equal("event: operation", await stream.ReadLineAsync().WaitAsync(Soon));
        var waiting = person.Http.GetAsync($"{location}?wait=60");
        // Answered after the other was taken in.
        await person.Http.GetAsync($"{location}?wait=1");

        await portal.TerminateAsync().WaitAsync(Soon);

        Assert.Equal("queued", (await (await waiting).DataAsync()).Text("status"));
        await stream.ReadToEndAsync().WaitAsync(Soon);
        await portal.StartAsync();
    }
}
