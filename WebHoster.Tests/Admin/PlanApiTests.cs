using System.Net;
using System.Net.Http.Json;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Admin;

[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class PlanApiTests(PortalFixture portal)
{
    [Fact]
    public async Task APlanIsMadeChangedAndDeletedAndEachIsAudited()
    {
        var admin = await Person.AddAdminAsync(portal);
        var made = await admin.Http.PostAsJsonAsync("admin/plans", Plan("small-1"));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        await Problems.ExpectAsync(await admin.Http.PostAsJsonAsync("admin/plans", Plan("small-1")), HttpStatusCode.Conflict);

        var changed = await (await admin.Http.PutAsJsonAsync("admin/plans/small-1", Plan(null, memory: 512))).DataAsync();
        Assert.Equal(("small-1", 512), (changed.Text("name"), changed.GetProperty("memory_mb").GetInt32()));
        var listed = (await (await admin.Http.GetAsync("admin/plans")).DataAsync()).EnumerateArray().Select(p => p.Text("name"));
        Assert.Equal(["small-1", "standard"], listed.Where(n => n.StartsWith('s')));

        Assert.Equal(HttpStatusCode.OK, (await admin.Http.DeleteAsync("admin/plans/small-1")).StatusCode);
        await Problems.ExpectAsync(await admin.Http.DeleteAsync("admin/plans/small-1"), HttpStatusCode.NotFound);
        await Problems.ExpectAsync(await admin.Http.PutAsJsonAsync("admin/plans/small-1", Plan(null)), HttpStatusCode.NotFound);
        Assert.Equal("plan.create plan.change plan.delete", await portal.Database.ScalarAsync<string>(
            "select string_agg(action, ' ' order by id) from audit_entries where subject like 'small-1:%'"));
    }

    [Theory]
    [InlineData("Upper", 1024, 1, 10, 1, "name")]
    [InlineData("x\n", 1024, 1, 10, 1, "name")]
    [InlineData("this-name-has-one-too-many-for-a-plan", 1024, 1, 10, 1, "name")]
    [InlineData(null, 1024, 1, 10, 1, "name")]
    [InlineData("fine", 255, 1, 10, 1, "memory_mb")]
    [InlineData("fine", 1024, 0, 10, 1, "vcpus")]
    [InlineData("fine", 1024, 65, 10, 1, "vcpus")]
    [InlineData("fine", 1024, 1, 3, 1, "disk_gb")]
    [InlineData("fine", 1024, 1, 10, 0, "max_hostings")]
    [InlineData("fine", null, 1, 10, 1, "memory_mb")]
    public async Task ABadFieldIsA400ThatNamesIt(string? name, int? memory, int vcpus, int disk, int hostings, string field)
    {
        var admin = await Person.AddAdminAsync(portal);
        await Problems.ExpectAsync(
            await admin.Http.PostAsJsonAsync("admin/plans", Plan(name, memory, vcpus, disk, hostings)), HttpStatusCode.BadRequest, field);
    }

    [Fact]
    public async Task APlanInUseStaysAndSoDoesTheStandardOne()
    {
        var (admin, person) = (await Person.AddAdminAsync(portal), await Person.AddAsync(portal));
        (await admin.Http.PostAsJsonAsync("admin/plans", Plan("in-use"))).EnsureSuccessStatusCode();
        (await admin.Http.PutAsJsonAsync($"admin/users/{await person.IdAsync()}/plan", new { plan = "in-use" })).EnsureSuccessStatusCode();
        await Problems.ExpectAsync(await admin.Http.DeleteAsync("admin/plans/in-use"), HttpStatusCode.Conflict);
        await Problems.ExpectAsync(await admin.Http.DeleteAsync("admin/plans/standard"), HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData("%00")]
    [InlineData("%2500")]
    [InlineData("..%2F..%2Fetc%2Fpasswd")]
    public async Task AnAddressOfNonsenseIsAProblem(string name)
    {
        var admin = await Person.AddAdminAsync(portal);
        var answer = await admin.Http.PutAsJsonAsync($"admin/plans/{name}", new { name = "another" });
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task ANewSizeHoldsForMachinesMadeFromThenOn()
    {
        var (admin, before, after) = (await Person.AddAdminAsync(portal), await Person.AddAsync(portal), await Person.AddAsync(portal));
        (await admin.Http.PostAsJsonAsync("admin/plans", Plan("growing"))).EnsureSuccessStatusCode();
        foreach (var person in new[] { before, after })
            (await admin.Http.PutAsJsonAsync($"admin/users/{await person.IdAsync()}/plan", new { plan = "growing" })).EnsureSuccessStatusCode();
        (await before.CreateHostingAsync()).EnsureSuccessStatusCode();
        (await admin.Http.PutAsJsonAsync("admin/plans/growing", Plan("growing", memory: 4096))).EnsureSuccessStatusCode();
        (await after.CreateHostingAsync()).EnsureSuccessStatusCode();
        Assert.Equal((1024, 4096), (await MemoryAsync(before), await MemoryAsync(after)));
    }

    private static object Plan(string? name, int? memory = 1024, int vcpus = 1, int disk = 10, int hostings = 1) =>
        new { name, memory_mb = memory, vcpus, disk_gb = disk, max_hostings = hostings };

    private Task<int> MemoryAsync(Person person) =>
        portal.Database.ScalarAsync<int>("select memory_mb from hostings where slug = @slug", ("slug", person.Name));
}
