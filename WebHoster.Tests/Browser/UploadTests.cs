using System.Collections.Concurrent;
using Microsoft.Playwright;
using WebHoster.Tests.Fixtures;
using WebHoster.Web.Files;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace WebHoster.Tests.Browser;

/// <summary>What comes in by drag and drop, over lines that are cut; the machine is played.</summary>
[Trait("Category", "Browser")]
public sealed class UploadTests(BrowserFixture browser) : IClassFixture<BrowserFixture>, IAsyncLifetime
{
    private StreamHost _host = null!;

    public async Task InitializeAsync() => _host = await StreamHost.StartAsync(browser.Portal.Database, browser.Portal.DataFolder);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task AFolderIsDroppedWithEverythingInIt()
    {
        var (page, _) = await OpenAsync();
        var folder = Directory.CreateTempSubdirectory("webhoster-drop-").FullName;
        var name = Path.GetFileName(folder);
        Directory.CreateDirectory(Path.Combine(folder, "css", "old"));
        string[] files = ["index.html", "css/site.css", .. Enumerable.Range(0, 30).Select(n => $"css/old/{n}.css")];
        foreach (var file in files)
            await File.WriteAllTextAsync(Path.Combine(folder, file), file);
        await DragAsync(page, folder);
        await Expect(page.GetByText("32 of 32 uploaded")).ToBeVisibleAsync();
        await Expect(Row(page, name)).ToBeVisibleAsync();
        foreach (var file in files)
            Assert.Equal(file, await File.ReadAllTextAsync(Path.Combine(_host.Guest.WebRoot, name, file)));

        // Once more: what is there is asked about, all at once.
        var dismiss = page.GetByRole(AriaRole.Button, new() { Name = "Dismiss finished" });
        await dismiss.ClickAsync();
        await DragAsync(page, folder);
        await Expect(page.Locator("[data-state=exists]")).ToHaveCountAsync(UploadList.MaxShown);
        await page.GetByRole(AriaRole.Button, new() { Name = "Replace all" }).ClickAsync();
        await Expect(page.GetByText("32 of 32 uploaded")).ToBeVisibleAsync();
        await dismiss.ClickAsync();
        await Expect(page.Locator("[data-upload]")).ToHaveCountAsync(0);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task AnUploadThatIsCutGoesOnWhereItWas()
    {
        await using var line = CutLine.To(browser.Portal.Port);
        var (page, _) = await OpenAsync(line);
        var ranges = new ConcurrentQueue<string>();
        await page.RouteAsync("**/content?*", async route =>
        {
            ranges.Enqueue(route.Request.Headers["content-range"].Split(' ', '-')[1]);
            if (ranges.Count == 2)
                line.Cut();
            await route.ContinueAsync();
        });
        var big = new byte[20 << 20];
        Random.Shared.NextBytes(big);
        await page.Locator("[data-choice=files]").SetInputFilesAsync(new FilePayload { Name = "photo.jpg", MimeType = "image/jpeg", Buffer = big });
        await Expect(page.GetByText("Reconnecting…")).ToBeVisibleAsync();
        line.Mend();
        await Expect(page.GetByText("Uploaded, 20 MB")).ToBeVisibleAsync();
        Assert.Equal(big, await File.ReadAllBytesAsync(Path.Combine(_host.Guest.WebRoot, "photo.jpg")));
        Assert.Equal(["0", "8388608", "8388608", "16777216"], ranges);
    }

    [Fact]
    public async Task WhatEndsWhileThePageIsAwayIsToldWhenItIsBackAndTheQueueGoesOn()
    {
        await using var line = CutLine.To(browser.Portal.Port);
        var (page, _) = await OpenAsync(line);
        await page.RouteAsync("**/content?*", route => route.FulfillAsync(new() { Status = 409, Body = """{"message":"“first.txt” is a folder."}""" }));
        line.Cut();
        await Expect(page.GetByText("Reconnecting…")).ToBeVisibleAsync();
        await page.RunAndWaitForRequestFinishedAsync(() => DropAsync(page, "first.txt"), new() { Predicate = r => r.Method == "PUT" });
        await page.UnrouteAllAsync();
        await DropAsync(page, "second.txt");
        line.Mend();
        await Expect(page.GetByText("“first.txt” is a folder.")).ToBeVisibleAsync();
        await Expect(Row(page, "second.txt")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on with first.txt" }).ClickAsync();
        await Expect(Row(page, "first.txt")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task WhatWaitsIsCancelledAtOnce()
    {
        var (page, _) = await OpenAsync();
        var held = new TaskCompletionSource();
        await page.RouteAsync("**/content?*", async route =>
        {
            await held.Task;
            await route.ContinueAsync();
        });
        await DropAsync(page, "first.txt", "second.txt", "third.txt");
        await Expect(page.GetByText("Waiting")).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel second.txt" }).ClickAsync();
        await Expect(page.GetByText("Cancelled.")).ToBeVisibleAsync();
        await Expect(page.Locator("[data-state=running]")).ToHaveCountAsync(1);
        held.SetResult();
        await Expect(page.GetByText("2 of 3 uploaded")).ToBeVisibleAsync();
        await Expect(Row(page, "third.txt")).ToBeVisibleAsync();
        Assert.False(File.Exists(Path.Combine(_host.Guest.WebRoot, "second.txt")));
    }

    [Fact]
    public async Task WhereNothingCanBeUploadedADropIsRefusedInWords()
    {
        var (page, person) = await OpenAsync();
        await DropAsync(page, [.. Enumerable.Range(0, 1001).Select(n => $"{n}.txt")]);
        await Expect(page.GetByText("At most 1,000 files")).ToBeVisibleAsync();
        await File.WriteAllTextAsync(Path.Combine(_host.Guest.WebRoot, "index.html"), "one");
        await page.GetByRole(AriaRole.Button, new() { Name = "Refresh the list" }).ClickAsync();
        await Row(page, "index.html").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "index.html" })).ToHaveValueAsync("one");
        await DropAsync(page, "first.txt");
        await Expect(page.GetByText("Close the file first.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Close", Exact = true }).ClickAsync();
        await Expect(Row(page, "index.html")).ToBeFocusedAsync();

        await browser.Portal.Engine.SetAsync(person.Name, "stopped");
        await Expect(page.GetByText("The machine does not run")).ToBeVisibleAsync();
        await DropAsync(page, "first.txt");
        await Expect(page.GetByText("Nothing was uploaded. The machine does not run.")).ToBeVisibleAsync();
        await Expect(page.Locator("[data-upload]")).ToHaveCountAsync(0);
    }

    private async Task<(IPage Page, Person Person)> OpenAsync(CutLine? line = null)
    {
        var (page, person, _) = await new SeededHosting(browser).OpenAsync("files", portal: line?.Url);
        await Expect(page.GetByText("This folder is empty")).ToBeVisibleAsync();
        return (page, person);
    }

    private static ILocator Row(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>Files that are made in the page, each with its name in it.</summary>
    private static Task DropAsync(IPage page, params string[] names) => page.EvaluateAsync(
        """
        names => {
          const dataTransfer = new DataTransfer();
          for (const name of names) dataTransfer.items.add(new File([name], name));
          for (const type of ['dragenter', 'dragover', 'drop'])
            document.querySelector('.files').dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
        }
        """, names);

    /// <summary>Something of this machine's disk, as the desktop drags it.</summary>
    private static async Task DragAsync(IPage page, string path)
    {
        var devTools = await page.Context.NewCDPSessionAsync(page);
        var box = (await page.Locator(".files__body").BoundingBoxAsync())!;
        foreach (var type in new[] { "dragEnter", "dragOver", "drop" })
        {
            await devTools.SendAsync("Input.dispatchDragEvent", new()
            {
                ["type"] = type,
                ["x"] = box.X + (box.Width / 2),
                ["y"] = box.Y + 40,
                ["data"] = new { items = Array.Empty<object>(), files = new[] { path }, dragOperationsMask = 1 },
            });
        }
    }
}
