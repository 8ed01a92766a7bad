using System.Net;
using System.Text.Json;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Metrics;

[Trait("Category", "Integration")]
public sealed class MetricsApiTests(PortalFixture portal) : IClassFixture<PortalFixture>
{
    [Fact]
    public async Task AHostingsFiguresComeByItsIdAndAsOnesOwn()
    {
        var person = await Person.AddAsync(portal);
        var id = (await (await person.CreateHostingAsync()).DataAsync()).Text("id");
        await portal.Database.ExecuteAsync(
            """
            insert into metric_points (hosting_id, grain, place, at, cpu_percent, guest_memory_used, guest_memory_total, disk_used, disk_read, disk_written, net_received, net_sent)
            select id, 10, n, date_bin('10 seconds', now(), 'epoch') - n * interval '10 seconds', 12.5, 1000, 2000, 3000, 1, 2, 3, 4.25
            from hostings, generate_series(0, 5) n where slug = @slug
            """, ("slug", person.Name));
        foreach (var path in new[] { $"hostings/{id}/metrics", "host/my/metrics?range=hour" })
        {
            var data = await (await person.Http.GetAsync(path)).DataAsync();
            Assert.Equal(["range", "from", "to", "step_seconds", "points"], data.EnumerateObject().Select(m => m.Name));
            Assert.Equal(("hour", 20), (data.Text("range"), data.GetProperty("step_seconds").GetInt32()));
            var points = data.GetProperty("points").EnumerateArray().ToList();
            Assert.InRange(points.Count, 3, 4);
            Assert.Equal(
                """{"cpu_percent":12.5,"guest_memory_used_bytes":1000,"guest_memory_total_bytes":2000,"disk_used_bytes":3000,"disk_read_bytes_per_second":1,"disk_written_bytes_per_second":2,"net_received_bytes_per_second":3,"net_sent_bytes_per_second":4.2}""",
                JsonSerializer.Serialize(points[1].EnumerateObject().Where(m => m.Name != "at").ToDictionary(m => m.Name, m => m.Value)));
        }
        Assert.Single((await (await person.Http.GetAsync("host/my/metrics?range=week")).DataAsync()).GetProperty("points").EnumerateArray());
    }

    [Fact]
    public async Task AStrangersFiguresAreNotThereAndAWrongRangeIsNamed()
    {
        var (owner, stranger) = (await Person.AddAsync(portal), await Person.AddAsync(portal));
        var id = (await (await owner.CreateHostingAsync()).DataAsync()).Text("id");
        await Problems.ExpectAsync(await stranger.Http.GetAsync($"hostings/{id}/metrics"), HttpStatusCode.NotFound);
        await Problems.ExpectAsync(await stranger.Http.GetAsync("host/my/metrics"), HttpStatusCode.NotFound);
        await Problems.ExpectAsync(await owner.Http.GetAsync($"hostings/{id}/metrics?range=year"), HttpStatusCode.BadRequest, "range");
    }
}
