using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Primitives;
using WebHoster.Core;
using WebHoster.Core.Errors;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;
using WebHoster.Tests.Fixtures;
using WebHoster.Web.Operations;
using WebHoster.Web.Paging;
using Xunit;

namespace WebHoster.Tests.Paging;

[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class OperationPagesTests(PortalFixture portal)
{
    [Theory]
    [InlineData("created_at")]
    [InlineData("-created_at")]
    public async Task ThePagesTogetherHoldEachRowOnceInOrderAlsoWhereTimesAreEqual(string sort)
    {
        var (person, owner) = await PersonAsync();
        await AddAsync(owner, 23, "now() - (n / 4) * interval '1 minute'");
        var all = Ids(await GetAsync(person, $"operations?limit=100&sort={sort}"));
        var (paged, next) = (new List<string>(), (string?)$"operations?limit=5&sort={sort}");
        for (; next is not null; next = NextLink(await person.Http.GetAsync(next)))
            paged.AddRange(Ids(await GetAsync(person, next)));
        Assert.Equal(23, all.Distinct().Count());
        Assert.Equal(all, paged);
    }

    [Fact]
    public async Task WhatComesInMeanwhileMovesNoPage()
    {
        var (person, owner) = await PersonAsync();
        await AddAsync(owner, 6, "now() - n * interval '1 minute'");
        var all = Ids(await GetAsync(person, "operations"));
        var first = await GetAsync(person, "operations?limit=3");
        await AddAsync(owner, 4, "now() + n * interval '1 second'");
        var cursor = first.GetProperty("page").Text("next_cursor");
        var second = await GetAsync(person, $"operations?limit=3&cursor={cursor}");
        Assert.Equal(all, [.. Ids(first), .. Ids(second)]);
    }

    [Fact]
    public async Task TheLastPageHasNoNextAndTheLinkKeepsTheOtherParameters()
    {
        var (person, owner) = await PersonAsync();
        await AddAsync(owner, 4, "now()");
        var answer = await person.Http.GetAsync("operations?limit=2&kind=start");
        var page = (await answer.JsonAsync()).GetProperty("page");
        Assert.Equal(2, page.GetProperty("limit").GetInt32());
        Assert.Equal($"/api/v1/operations?limit=2&kind=start&cursor={page.Text("next_cursor")}", NextLink(answer));
        var last = await person.Http.GetAsync(NextLink(answer));
        Assert.Equal(JsonValueKind.Null, (await last.JsonAsync()).GetProperty("page").GetProperty("next_cursor").ValueKind);
        Assert.False(last.Headers.Contains("Link"));
    }

    [Fact]
    public async Task FiltersNarrowTheListAndOnlyEverToOnesOwn()
    {
        var ((person, owner), (_, other)) = (await PersonAsync(), await PersonAsync());
        await AddAsync(owner, 3, "now()");
        await AddAsync(owner, 2, "now()", OperationKind.Stop, OperationStatus.Failed);
        await AddAsync(other, 5, "now()", OperationKind.Stop, OperationStatus.Failed);
        Assert.Equal(2, Ids(await GetAsync(person, "operations?status=failed&kind=stop")).Count);
        Assert.Empty(Ids(await GetAsync(person, "operations?status=failed&kind=start")));
        var hosting = (await GetAsync(person, "operations?kind=stop")).GetProperty("data")[0].Text("hosting_id");
        Assert.Single(Ids(await GetAsync(person, $"operations?hosting_id={hosting}")));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=1&limit=2", "limit")]
    [InlineData("sort=owner_id", "sort")]
    [InlineData("sort=", "sort")]
    [InlineData("status=Running", "status")]
    [InlineData("status=1", "status")]
    [InlineData("kind=make", "kind")]
    [InlineData("hosting_id=mine", "hosting_id")]
    [InlineData("cursor=", "cursor")]
    [InlineData("cursor=!", "cursor")]
    [InlineData("cursor=bm9uZQ", "cursor")]
    public async Task AWrongParameterIsNamed(string query, string parameter)
    {
        var (person, _) = await PersonAsync();
        await Problems.ExpectAsync(await person.Http.GetAsync($"operations?{query}"), HttpStatusCode.BadRequest, parameter);
    }

    [Theory]
    [InlineData("""{"sort":"-created_at","place":["yesterday","0197d3a0-0000-7000-8000-000000000000"]}""")]
    [InlineData("""{"sort":"-created_at","place":["2026-01-01T00:00:00Z",null]}""")]
    [InlineData("""{"sort":"-created_at","place":["2026-01-01T00:00:00Z"]}""")]
    [InlineData("""{"sort":"created_at","place":["2026-01-01T00:00:00Z","0197d3a0-0000-7000-8000-000000000000"]}""")]
    [InlineData("""{"sort":"-created_at"}""")]
    public async Task AForgedCursorIsRefused(string cursor)
    {
        var (person, _) = await PersonAsync();
        var text = System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(cursor));
        await Problems.ExpectAsync(await person.Http.GetAsync($"operations?cursor={text}"), HttpStatusCode.BadRequest, "cursor");
    }

    [Fact]
    public async Task ALaterPageIsFoundByTheIndexNotByCounting()
    {
        var (person, owner) = await PersonAsync();
        await AddAsync(owner, 300, "now() - n * interval '1 minute'");
        // Somebody else's, so that only the owner's index is short.
        await AddAsync(Guid.NewGuid(), 20_000, "now() - n * interval '1 second'");
        await portal.Database.ExecuteAsync("analyze operations");
        var cursor = (await GetAsync(person, "operations?limit=50")).GetProperty("page").Text("next_cursor");
        await using var db = portal.Database.NewContext();
        var query = new QueryCollection(new Dictionary<string, StringValues> { ["cursor"] = cursor, ["status"] = "succeeded" });
        var plan = await ExplainAsync(db, OperationApi.Listing.Ask(db.Operations.Where(o => o.OwnerId == owner), query).Rows);
        Assert.Contains("\"IX_operations_owner_id_created_at\"", plan);
        Assert.Matches(@"Index Cond: .*owner_id = .*created_at.* <", plan);
        Assert.DoesNotContain("Seq Scan on operations", plan);
    }

    [Fact]
    public async Task TheDescriptionNamesWhatTheListTakes()
    {
        using var http = new HttpClient { BaseAddress = portal.Url };
        var paths = (await (await http.GetAsync("/openapi/v1.json")).JsonAsync()).GetProperty("paths");
        Assert.Equal(
            ["limit", "cursor", "sort", "status", "kind", "hosting_id"],
            Parameters(paths.GetProperty("/api/v1/operations").GetProperty("get")));
        Assert.Equal(["id", "wait", "If-None-Match"], Parameters(paths.GetProperty("/api/v1/operations/{id}").GetProperty("get")));
        Assert.Equal(["id", "Idempotency-Key"], Parameters(paths.GetProperty("/api/v1/hostings/{id}/stop").GetProperty("post")));
        Assert.False(paths.GetProperty("/api/v1/auth/login").GetProperty("post").TryGetProperty("parameters", out _));
    }

    [Fact]
    public void ATextWithQuotesIsAPlaceLikeAnyOther()
    {
        var list = new Collection<string>("name").Sort("name", s => s, s => s.Length);
        var names = new[] { "a \"b\"", "c\\d" }.AsQueryable();
        var cursor = list.Ask(names, QueryCollection.Empty).CursorOf("a \"b\"");
        list.Ask(names, new QueryCollection(new Dictionary<string, StringValues> { ["cursor"] = cursor }));
        var nul = list.Ask(names, QueryCollection.Empty).CursorOf("\0");
        Assert.Throws<InvalidInputException>(() => list.Ask(names, new QueryCollection(new Dictionary<string, StringValues> { ["cursor"] = nul })));
    }

    private static IEnumerable<string> Parameters(JsonElement operation) =>
        operation.GetProperty("parameters").EnumerateArray().Select(p => p.Text("name"));

    private static async Task<string> ExplainAsync(WebHosterDb db, IQueryable<Operation> rows)
    {
        await db.Database.OpenConnectionAsync();
        await using var command = rows.CreateDbCommand();
        command.CommandText = $"explain {command.CommandText}";
        var lines = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        return string.Join('\n', lines);
    }

    private async Task<(Person Person, Guid Id)> PersonAsync()
    {
        var person = await Person.AddAsync(portal);
        return (person, await portal.Database.ScalarAsync<Guid>("select id from users where user_name = @name", ("name", person.Name)));
    }

    private Task AddAsync(
        Guid owner, int count, string at, OperationKind kind = OperationKind.Start, OperationStatus status = OperationStatus.Succeeded) =>
        portal.Database.ExecuteAsync(
            $"""
             insert into operations (id, kind, status, hosting_id, owner_id, slug, created_at)
             select gen_random_uuid(), @kind, @status, gen_random_uuid(), @owner, 'paged', {at} from generate_series(1, {count}) n
             """, ("kind", kind.Word()), ("status", status.Word()), ("owner", owner));

    private static async Task<JsonElement> GetAsync(Person person, string path)
    {
        var answer = await person.Http.GetAsync(path);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.JsonAsync();
    }

    private static List<string> Ids(JsonElement answer) => [.. answer.GetProperty("data").EnumerateArray().Select(o => o.Text("id"))];

    private static string? NextLink(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
}
