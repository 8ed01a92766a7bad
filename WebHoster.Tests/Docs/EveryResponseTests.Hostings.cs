using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Docs;

/// <summary>What is asked of hostings, their machines and files.</summary>
public sealed partial class EveryResponseTests
{
    /// <summary>A person's first hosting and their second, through everything that can be asked of one.</summary>
    private async Task LiveAsync(HttpClient person, string name)
    {
        await person.PostAsJsonAsync("host", new { });
        await person.PostAsJsonAsync("host", new { });
        await portal.Engine.CreateAsync(name);
        var second = (await (await person.PostAsJsonAsync("hostings", new { name = $"{name}-b" })).DataAsync()).Text("id");
        await portal.Engine.CreateAsync($"{name}-b");
        await person.PostAsJsonAsync("hostings", new { });
        await person.GetAsync("hostings");
        await person.GetAsync("operations");
        foreach (var path in new[] { "host", "host/my", $"hostings/{second}", $"operations/{await portal.Engine.NewestOperationAsync(name)}" })
        {
            var tag = (await person.GetAsync(path)).Headers.ETag!;
            await person.SendAsync(new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { tag } } });
        }
        await person.GetAsync($"operations/{await portal.Engine.NewestOperationAsync(name)}/events");

        foreach (var (path, slug) in new[] { ("host/my", name), ($"hostings/{second}", $"{name}-b") })
        {
            await person.PostAsync($"{path}/start", null);
            foreach (var (verb, end) in new[] { ("stop", "stopped"), ("stop", "stopped"), ("restart", "stopped"), ("start", "running"), ("restart", "running"), ("rebuild", "running") })
            {
                if ((await SendAsync(person, "POST", $"{path}/{verb}", verb == "rebuild" ? Json(new { confirm = slug }) : null)).StatusCode != HttpStatusCode.Accepted)
                    continue;
                await person.PostAsync($"{path}/restart", null);
                await SendAsync(person, "POST", $"{path}/rebuild", Json(new { confirm = slug }));
                await portal.Engine.SucceedAsync(await portal.Engine.NewestOperationAsync(slug));
                await portal.Engine.SetAsync(slug, end);
            }
        }
    }

    /// <summary>The figures of a machine, and its files: with the machine running, off, and with no worker to reach it by.</summary>
    private async Task KeepFilesAsync(HttpClient person, string name)
    {
        var id = (await (await person.GetAsync("host/my")).DataAsync()).Text("id");
        foreach (var path in new[] { "host/my", $"hostings/{id}" })
        {
            await person.GetAsync($"{path}/metrics");
            await person.GetAsync($"{path}/metrics?range=some");
        }

        var (files, upload) = ($"hostings/{id}/files", Guid.NewGuid());
        await using (var worker = await StreamHost.StartAsync(portal.Database, portal.DataFolder))
        {
            await person.PutAsync($"{files}/content?path=/var/www/html/a", new ByteArrayContent([1]));
            await person.SendAsync(new HttpRequestMessage(HttpMethod.Put, $"{files}/content?path=/var/www/html/a")
            {
                Content = new ByteArrayContent([1]),
                Headers = { IfNoneMatch = { EntityTagHeaderValue.Any } },
            });
            await person.GetAsync(files);
            var tag = (await person.GetAsync($"{files}/content?path=/var/www/html/a")).Headers.ETag!;
            foreach (var (header, value) in new[] { ("Range", "bytes=0-0"), ("Range", "bytes=5-6"), ("If-None-Match", $"{tag}"), ("If-Match", "\"another\"") })
            {
                var request = new HttpRequestMessage(HttpMethod.Get, $"{files}/content?path=/var/www/html/a");
                request.Headers.TryAddWithoutValidation(header, value);
                await person.SendAsync(request);
            }
            await person.GetAsync($"{files}?path=/var/www/html/../x");
            foreach (var call in new[] { "folders", "rename" })
                await person.PostAsJsonAsync($"{files}/{call}", BodyOf(new DescribedCall("POST", $"/{call}", new HashSet<int>())));
            await person.DeleteAsync($"{files}?path=/var/www/html/b");
            var part = new ByteArrayContent([1]) { Headers = { ContentRange = new ContentRangeHeaderValue(0, 0, 2) } };
            await person.PutAsync($"{files}/content?path=/var/www/html/c&upload={upload}", part);
            await person.GetAsync($"{files}/upload?path=/var/www/html/c&upload={upload}");
            await person.DeleteAsync($"{files}/upload?path=/var/www/html/c&upload={upload}");
            await portal.Engine.SetAsync(name, "stopped");
            await AskForFilesAsync();
            await portal.Engine.SetAsync(name, "running");
        }
        await AskForFilesAsync();

        async Task AskForFilesAsync()
        {
            foreach (var call in _calls.Where(c => c.Path.Contains("/files")))
                await SendAsync(person, call.Method, call.Path.Replace("{id}", id) + File, call.Statuses.Contains(415) ? Json(BodyOf(call)) : new ByteArrayContent([1]));
        }
    }

    private async Task InterveneAsync(HttpClient admin, HttpClient person, string name)
    {
        await person.PostAsync("host/my/stop", null);
        var stop = await portal.Engine.NewestOperationAsync(name);
        await portal.Engine.FailAsync(stop, "The machine did not stop.");
        await portal.Engine.SetAsync(name, "running");
        await admin.GetAsync($"admin/operations/{stop}");
        for (var i = 0; i < 2; i++)
            await admin.PostAsync($"admin/operations/{stop}/retry", null);
        for (var i = 0; i < 2; i++)
            await admin.PostAsync($"admin/operations/{await portal.Engine.NewestOperationAsync(name)}/cancel", null);

        var other = await Person.AddAsync(portal);
        await other.CreateHostingAsync();
        await admin.PostAsync($"admin/operations/{await portal.Engine.NewestOperationAsync(other.Name)}/cancel", null);
    }

    /// <summary>What administrators ask of anybody's hosting.</summary>
    private async Task ChangeForOthersAsync(HttpClient admin, string name)
    {
        var id = (await (await admin.GetAsync($"admin/hostings?slug={name}")).DataAsync())[0].Text("id");
        await admin.GetAsync($"admin/hostings/{id}");
        foreach (var (verb, end) in new[] { ("start", "running"), ("stop", "stopped"), ("start", "running"), ("restart", "running"), ("rebuild", "running") })
        {
            var body = verb == "rebuild" ? Json(new { confirm = name }) : null;
            if ((await SendAsync(admin, "POST", $"admin/hostings/{id}/{verb}", body)).StatusCode != HttpStatusCode.Accepted)
                continue;
            await SendAsync(admin, "POST", $"admin/hostings/{id}/{verb}", verb == "rebuild" ? Json(new { confirm = name }) : null);
            await portal.Engine.SucceedAsync(await portal.Engine.NewestOperationAsync(name));
            await portal.Engine.SetAsync(name, end);
        }
        var other = await Person.AddAsync(portal);
        var made = (await (await other.CreateHostingAsync()).DataAsync()).Text("id");
        await admin.DeleteAsync($"admin/hostings/{made}");
        // Gone again, so that its slot is not missed.
        await portal.Engine.SucceedAsync(await portal.Engine.NewestOperationAsync(other.Name));
        await portal.Engine.EraseAsync(other.Name);
    }

    private async Task DeleteAsync(HttpClient person, string name)
    {
        var second = (await (await person.GetAsync("hostings?sort=-slug")).DataAsync())[0].Text("id");
        await person.DeleteAsync($"hostings/{second}");
        await portal.Engine.SucceedAsync(await portal.Engine.NewestOperationAsync($"{name}-b"));
        await portal.Engine.EraseAsync($"{name}-b");
        await person.DeleteAsync("host/my");
        await person.DeleteAsync("host");
    }

    private async Task FillUpAsync()
    {
        foreach (var path in new[] { "host", "hostings" })
        {
            for (HttpResponseMessage? made = null; made?.StatusCode != HttpStatusCode.ServiceUnavailable;)
            {
                made = await As(await Person.AddAsync(portal)).PostAsJsonAsync(path, new { });
                Assert.Contains(made.StatusCode, new[] { HttpStatusCode.Accepted, HttpStatusCode.ServiceUnavailable });
            }
        }
    }
}
