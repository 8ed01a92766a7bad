using System.Diagnostics;
using System.Net;
using WebHoster.Core.Operations;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Operations;

/// <summary>ETag, If-None-Match and waiting.</summary>
[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class ConditionalOperationTests(PortalFixture portal)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task WhatTheCallerHasAlreadyIsA304AndWhatChangedIsNot()
    {
        var (person, location, id) = await QueuedAsync();
        var first = await person.Http.GetAsync(location);
        Assert.False(first.Headers.ETag!.IsWeak);
        var same = await GetAsync(person, location, first.Headers.ETag.ToString());
        Assert.Equal((HttpStatusCode.NotModified, first.Headers.ETag, ""), (same.StatusCode, same.Headers.ETag, await same.Content.ReadAsStringAsync()));
        Assert.Equal(HttpStatusCode.NotModified, (await GetAsync(person, location, $"\"other\", W/{first.Headers.ETag}")).StatusCode);

        await portal.Engine.BeginAsync(id, StepName.CreateDisk);
        var changed = await GetAsync(person, location, first.Headers.ETag.ToString());
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(first.Headers.ETag, changed.Headers.ETag);
    }

    [Theory]
    [InlineData("host/my")]
    [InlineData("host")]
    [InlineData("hostings/{id}")]
    public async Task AHostingHasATagToo(string path)
    {
        var person = await Person.AddAsync(portal);
        path = path.Replace("{id}", (await (await person.CreateHostingAsync()).DataAsync()).Text("id"));
        var tag = (await person.Http.GetAsync(path)).Headers.ETag!.ToString();
        Assert.Equal(HttpStatusCode.NotModified, (await GetAsync(person, path, tag)).StatusCode);
        await portal.Engine.CreateAsync(person.Name);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(person, path, tag)).StatusCode);
    }

    [Fact]
    public async Task WhoWaitsWithATagIsAnsweredAsSoonAsSomethingChangesOthersAtTheEnd()
    {
        var (person, location, id) = await QueuedAsync();
        var tag = (await person.Http.GetAsync(location)).Headers.ETag!.ToString();
        var (change, end) = (GetAsync(person, $"{location}?wait=60", tag), GetAsync(person, $"{location}?wait=60", null));
        await portal.Engine.SayAsync(id, "a line in the log is no change of the operation");
        // By now one that does not wait would have been answered.
        await GetAsync(person, $"{location}?wait=1", null);
        Assert.False(change.IsCompleted || end.IsCompleted);

        await portal.Engine.BeginAsync(id, StepName.CreateDisk);
        var changed = await change.WaitAsync(Soon);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(tag, changed.Headers.ETag!.ToString());
        Assert.False(end.IsCompleted);

        await portal.Engine.CreateAsync(person.Name);
        Assert.Equal("succeeded", (await (await end.WaitAsync(Soon)).DataAsync()).Text("status"));
    }

    [Fact]
    public async Task WhoLacksTheLatestOrAsksForWhatHasEndedDoesNotWait()
    {
        var (person, location, _) = await QueuedAsync();
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(person, $"{location}?wait=60", "\"older\"").WaitAsync(Soon)).StatusCode);
        await portal.Engine.CreateAsync(person.Name);
        var ended = await GetAsync(person, $"{location}?wait=60", null).WaitAsync(Soon);
        Assert.Equal("succeeded", (await ended.DataAsync()).Text("status"));
        Assert.Equal(HttpStatusCode.NotModified, (await GetAsync(person, $"{location}?wait=60", ended.Headers.ETag!.ToString()).WaitAsync(Soon)).StatusCode);
    }

    [Fact]
    public async Task AfterTheWaitNothingNewIsA304OrThePresentState()
    {
        var (person, location, _) = await QueuedAsync();
        var watch = Stopwatch.StartNew();
        var plain = await GetAsync(person, $"{location}?wait=1", null);
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(1), Soon);
        Assert.Equal("queued", (await plain.DataAsync()).Text("status"));
        Assert.Equal(HttpStatusCode.NotModified, (await GetAsync(person, $"{location}?wait=1", plain.Headers.ETag!.ToString())).StatusCode);
    }

    [Theory]
    [InlineData("61")]
    [InlineData("-1")]
    [InlineData("long")]
    public async Task AWaitIsZeroToSixtySeconds(string wait)
    {
        var (person, location, _) = await QueuedAsync();
        await Problems.ExpectAsync(await person.Http.GetAsync($"{location}?wait={wait}"), HttpStatusCode.BadRequest, "wait");
    }

    [Fact]
    public async Task AStrangerDoesNotWaitForAnothersOperation()
    {
        var (_, location, _) = await QueuedAsync();
        var stranger = await Person.AddAsync(portal);
        await Problems.ExpectAsync(await stranger.Http.GetAsync($"{location}?wait=60").WaitAsync(Soon), HttpStatusCode.NotFound);
    }

    private static Task<HttpResponseMessage> GetAsync(Person person, string location, string? tag)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, location);
        if (tag is not null)
            request.Headers.Add("If-None-Match", tag);
        return person.Http.SendAsync(request);
    }

    private async Task<(Person Person, string Location, Guid Operation)> QueuedAsync()
    {
        var person = await Person.AddAsync(portal);
        var location = (await person.CreateHostingAsync()).Headers.Location!.ToString();
        return (person, location, await portal.Engine.NewestOperationAsync(person.Name));
    }
}
