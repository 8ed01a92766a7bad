using System.Net;
using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Operations;

[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class ApiOperationTests(PortalFixture portal)
{
    [Fact]
    public async Task AnOperationShowsItsStepsAndIsNothingToAStranger()
    {
        var (owner, stranger) = (await Person.AddAsync(portal), await Person.AddAsync(portal));
        var location = (await owner.CreateHostingAsync()).Headers.Location;
        var operation = await (await owner.Http.GetAsync(location)).DataAsync();
        Assert.Equal(
            ["id", "kind", "status", "progress", "steps", "error", "hosting_id", "created_at", "finished_at"],
            operation.EnumerateObject().Select(m => m.Name));
        Assert.Equal(("create", "queued"), (operation.Text("kind"), operation.Text("status")));
        Assert.Equal(OperationPlan.StepsOf(OperationKind.Create), operation.GetProperty("steps").EnumerateArray().Select(s => s.Text("name")));
        await Problems.ExpectAsync(await stranger.Http.GetAsync(location), HttpStatusCode.NotFound);
        await Problems.ExpectAsync(await stranger.Http.GetAsync($"{location}/events"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task TheListHoldsOnesOwnNewestFirstAndHeedsTheLimit()
    {
        var person = await Person.AddAsync(portal);
        await person.CreateHostingAsync();
        await portal.Engine.CreateAsync(person.Name);
        await person.Http.PostAsync("host/my/stop", null);
        var kinds = (await (await person.Http.GetAsync("operations")).DataAsync()).EnumerateArray().Select(o => o.Text("kind"));
        Assert.Equal(["stop", "create"], kinds);
        Assert.Equal(1, (await (await person.Http.GetAsync("operations?limit=1")).DataAsync()).GetArrayLength());
        await Problems.ExpectAsync(await person.Http.GetAsync("operations?limit=0"), HttpStatusCode.BadRequest, "limit");
        await Problems.ExpectAsync(await person.Http.GetAsync("operations?limit=many"), HttpStatusCode.BadRequest, "limit");
    }

    [Fact]
    public async Task TheEventsTellWhatHappensUntilTheEndAndGoOnAfterALostConnection()
    {
        var person = await Person.AddAsync(portal);
        var location = (await person.CreateHostingAsync()).Headers.Location;
        var id = await portal.Engine.NewestOperationAsync(person.Name);
        await portal.Engine.SayAsync(id, "first line");

        using var stream = new StreamReader(await person.Http.GetStreamAsync($"{location}/events"));
        Assert.Contains("first line", await ReadUntilAsync(stream, "event: operation"));
        await portal.Engine.BeginAsync(id, StepName.CreateDisk);
        Assert.Contains("running", await ReadUntilAsync(stream, "\"running\""));
        await portal.Engine.SayAsync(id, "second line");
        await portal.Engine.CreateAsync(person.Name);
        var rest = await stream.ReadToEndAsync();
        Assert.Contains("second line", rest);
        Assert.Contains("\"status\":\"succeeded\",\"progress\":100", rest);

        var last = rest.Split('\n').Last(l => l.StartsWith("id: ", StringComparison.Ordinal))[4..];
        var request = new HttpRequestMessage(HttpMethod.Get, $"{location}/events") { Headers = { { "Last-Event-ID", last } } };
        var again = await (await person.Http.SendAsync(request)).Content.ReadAsStringAsync();
        Assert.DoesNotContain("line", again);
        Assert.Contains("succeeded", again);
    }

    [Fact]
    public async Task ALineInTheLogDoesNotRepeatTheOperation()
    {
        var person = await Person.AddAsync(portal);
        var location = (await person.CreateHostingAsync()).Headers.Location;
        var id = await portal.Engine.NewestOperationAsync(person.Name);
        using var stream = new StreamReader(await person.Http.GetStreamAsync($"{location}/events"));
        await ReadUntilAsync(stream, "event: operation");
        await portal.Engine.SayAsync(id, "one");
        await ReadUntilAsync(stream, "\"one\"");
        await portal.Engine.SayAsync(id, "two");
        Assert.DoesNotContain("event: operation", await ReadUntilAsync(stream, "\"two\""));
    }

    [Fact]
    public async Task MoreLinesThanAreReadAtOnceAllCome()
    {
        var person = await Person.AddAsync(portal);
        var location = (await person.CreateHostingAsync()).Headers.Location;
        var id = await portal.Engine.NewestOperationAsync(person.Name);
        await portal.Database.ExecuteAsync(
            "insert into operation_events (operation_id, at, message) select @id, now(), 'line ' || n from generate_series(1, 1100) n", ("id", id));
        await portal.Engine.SucceedAsync(id);
        var text = await person.Http.GetStringAsync($"{location}/events");
        Assert.Equal(1100, text.Split('\n').Count(l => l == "event: log"));
    }

    private static async Task<string> ReadUntilAsync(StreamReader stream, string mark)
    {
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var text = "";
        while (!text.Contains(mark))
            text += await stream.ReadLineAsync(end.Token) + "\n";
        return text;
    }
}
