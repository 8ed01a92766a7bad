using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using WebHoster.Infrastructure.Files;
using WebHoster.Tests.Fixtures;
using WebHoster.Web.Files;
using WebHoster.Web.Languages;
using Xunit;

namespace WebHoster.Tests.Files;

[Trait("Category", "Unit")]
public sealed class FileComponentTests : IDisposable
{
    private static readonly GuestFile Page = new("/var/www/html/index.html", FileKind.File, 2048, DateTimeOffset.UnixEpoch, "1-800");
    private static readonly GuestFile Images = new("/var/www/html/images", FileKind.Folder, 4096, DateTimeOffset.UnixEpoch, "1-1000");

    private readonly BunitContext _context = new();
    private readonly List<string> _asked = [];

    public FileComponentTests()
    {
        _context.Services.AddSingleton<Translations>().AddScoped<Texts>();
        _context.JSInterop.Mode = JSRuntimeMode.Loose;
    }

    public void Dispose() => _context.Dispose();

    [Fact]
    public void AFolderIsDeletedOnlyWhenItsQuestionIsAnswered()
    {
        var table = Table();
        table.Find("[data-file=images] .icon-btn--bad").Click();
        Assert.Contains("with everything in it", table.Find("[role=alertdialog]").TextContent);
        Assert.Empty(_asked);
        table.Find("[role=alertdialog] .btn--quiet").Click();
        Assert.Empty(table.FindAll("[role=alertdialog]"));
        table.Find("[data-file=images] .icon-btn--bad").Click();
        table.Find("[role=alertdialog] .btn--danger").Click();
        Assert.Equal(["delete images"], _asked);
    }

    [Fact]
    public void ANameThatStaysIsNoRenaming()
    {
        var table = Table();
        table.Find("[aria-label='Rename index.html']").Click();
        table.Find("form").Submit();
        Assert.Empty(_asked);
        table.Find("[aria-label='Rename index.html']").Click();
        table.Find("input").Input(" start.html ");
        table.Find("form").Submit();
        Assert.Equal(["index.html to start.html"], _asked);
    }

    [Fact]
    public void ANameThatIsRefusedStaysToBeChanged()
    {
        var table = Table();
        table.Find("[aria-label='Rename index.html']").Click();
        table.Find("input").Input("images");
        table.Find("form").Submit();
        Assert.Contains("already something named", table.Find("form [role=alert]").TextContent);
        Assert.Equal("images", table.Find("input").GetAttribute("value"));
        table.Find("input").Input("pictures");
        table.Find("form").Submit();
        Assert.Empty(table.FindAll("form"));
    }

    [Fact]
    public void OnlyAFileIsDownloadedAndEdited()
    {
        var table = Table();
        Assert.Equal("/streams/files/7/content?path=%2Fvar%2Fwww%2Fhtml%2Findex.html", table.Find("[data-file='index.html'] a").GetAttribute("href"));
        Assert.Empty(table.FindAll("[data-file=images] a"));
        Assert.Empty(table.FindAll("[aria-label='Edit images']"));
        table.Find("[aria-label='Edit index.html']").Click();
        Assert.Equal(["edit index.html"], _asked);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(" ", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData(".env", true)]
    [InlineData(" notes ", true)]
    public void AName(string typed, bool isOne)
    {
        var form = _context.Render<FileNameForm>(p => p.Add(f => f.Label, "Name").Add(f => f.Submit, "Create")
            .Add(f => f.OnName, name =>
            {
                _asked.Add(name);
                return Task.FromResult<string?>(null);
            }));
        form.Find("input").Input(typed);
        Assert.Equal(!isOne, form.Find("[type=submit]").HasAttribute("aria-disabled"));
        form.Find("form").Submit();
        Assert.Equal(isOne ? typed.Trim() : null, _asked.SingleOrDefault());
    }

    [Fact]
    public void TheWayBackHasAStepForEachFolder()
    {
        var crumbs = _context.Render<PathCrumbs>(p => p.Add(c => c.Root, "/var/www/html").Add(c => c.Path, "/var/www/html/images/2026")
            .Add(c => c.OnGo, EventCallback.Factory.Create<string>(this, path => _asked.Add(path))));
        Assert.Equal("2026", crumbs.Find("[aria-current=page]").TextContent);
        for (var step = 0; step < 2; step++)
            crumbs.FindAll("button")[step].Click();
        Assert.Equal(["/var/www/html", "/var/www/html/images"], _asked);
    }

    [Fact]
    public void AnUploadOffersWhatItsStateAllows()
    {
        var row = new UploadRow("1", "site.zip", 5 << 20, UploadState.Running);
        Assert.Equal(["Cancel site.zip"], Offers(row));
        Assert.Equal(["Cancel site.zip"], Offers(row with { State = UploadState.Waiting }));
        Assert.Equal(["Replace site.zip", "Dismiss site.zip"], Offers(row with { State = UploadState.Exists }));
        var failed = row with { State = UploadState.Failed, Message = "" };
        Assert.Equal(["Go on with site.zip", "Dismiss site.zip"], Offers(failed));
        Assert.Contains("What has arrived is kept for a day", Uploads(failed).Markup);
        Assert.Contains("The machine's disk is full.", Uploads(failed with { Message = "The machine's disk is full." }).Find("[role=status]").TextContent);
        Assert.Equal(["Dismiss site.zip"], Offers(row with { State = UploadState.Done }));
        Assert.Contains("Uploaded, 5 MB", Uploads(row with { State = UploadState.Done }).Markup);

        IEnumerable<string?> Offers(UploadRow of) => Uploads(of).FindAll("button").Select(b => b.GetAttribute("aria-label"));
    }

    [Fact]
    public void OfManyUploadsThoseThatMatterAreShownAndHandledTogether()
    {
        var rows = Enumerable.Range(0, 60).Select(n => new UploadRow($"{n}", $"{n}.jpg", 1,
            n < 30 ? UploadState.Done : n < 57 ? UploadState.Waiting : UploadState.Exists)).ToArray();
        var list = Uploads(rows);
        Assert.Contains("30 of 60 uploaded", list.Markup);
        Assert.Equal(["57", "58", "59", "30"], list.FindAll("[data-upload]").Take(4).Select(r => r.GetAttribute("data-upload")));
        Assert.Contains("And 40 more.", list.Markup);
        for (var button = 0; button < 4; button++)
            list.FindAll(".uploads__head button")[button].Click();
        Assert.Equal(["replace 3", "dismiss 3", "cancel 27", "dismiss 30"], _asked);
    }

    [Fact]
    public async Task AFileThatSomebodyElseChangedIsOverwrittenOnlyWhenAsked()
    {
        var browser = new ScriptStandIn { ["editor.load"] = "", ["editor.save"] = "changed", ["editor.isChanged"] = true };
        var editor = Editor(browser);
        await editor.InvokeAsync(editor.Instance.SaveAsync);
        Assert.Contains("changed by somebody else", editor.Find("[role=alert]").TextContent);
        browser["editor.save"] = "";
        editor.Find("[role=alert] .btn--danger").Click();
        Assert.Equal(["editor.load /var/www/html/index.html", "editor.save /var/www/html/index.html False", "editor.save /var/www/html/index.html True"], browser.Calls);
        Assert.Equal("Saved.", editor.Find("[role=status]").TextContent);
    }

    [Fact]
    public void UnsavedChangesAreNotLostByAClick()
    {
        var browser = new ScriptStandIn { ["editor.load"] = "", ["editor.isChanged"] = true };
        var editor = Editor(browser);
        editor.Find(".editor__tools .btn--quiet").Click();
        Assert.Empty(_asked);
        editor.Find("[role=alert] .btn--danger").Click();
        Assert.Equal(["close"], _asked);
    }

    [Fact]
    public void WhatIsNoTextIsNotEdited()
    {
        var editor = Editor(new ScriptStandIn { ["editor.load"] = "binary" });
        Assert.Contains("not a text", editor.Find("[role=alert]").TextContent);
        Assert.True(editor.Find(".btn--primary").HasAttribute("disabled"));
        Assert.True(editor.Find("textarea").HasAttribute("readonly"));
    }

    [Fact]
    public async Task ASaveThatIsNeverAnsweredCanBeTriedAgain()
    {
        var browser = new ScriptStandIn { ["editor.load"] = "", ["editor.save"] = new TaskCanceledException() };
        var editor = Editor(browser);
        await editor.InvokeAsync(editor.Instance.SaveAsync);
        Assert.Contains("The connection was lost", editor.Find("[role=alert]").TextContent);
        browser["editor.save"] = "";
        editor.Find(".btn--primary").Click();
        Assert.Equal("Saved.", editor.Find("[role=status]").TextContent);
    }

    [Fact]
    public void ATextThatIsCutOffIsNotCalledSomethingElseAndIsLoadedAgain()
    {
        var browser = new ScriptStandIn { ["editor.load"] = "network" };
        var editor = Editor(browser);
        Assert.Contains("The connection was lost", editor.Find("[role=alert]").TextContent);
        browser["editor.load"] = "";
        editor.Find("[role=alert] button").Click();
        Assert.False(editor.Find("textarea").HasAttribute("readonly"));
    }

    private IRenderedComponent<UploadList> Uploads(params UploadRow[] rows) => _context.Render<UploadList>(p => p.Add(l => l.Uploads, rows)
        .Add(l => l.OnWish, EventCallback.Factory.Create<UploadWish>(this, w => _asked.Add($"{w.Act} {w.Keys.Count}"))));

    private IRenderedComponent<FileTable> Table() => _context.Render<FileTable>(p => p.Add(t => t.Files, [Images, Page]).Add(t => t.Base, "/streams/files/7")
        .Add(t => t.OnEdit, EventCallback.Factory.Create<GuestFile>(this, f => _asked.Add($"edit {f.Name}")))
        .Add(t => t.OnRename, RenameAsync)
        .Add(t => t.OnDelete, EventCallback.Factory.Create<GuestFile>(this, f => _asked.Add($"delete {f.Name}"))));

    private Task<string?> RenameAsync(GuestFile file, string name)
    {
        _asked.Add($"{file.Name} to {name}");
        return Task.FromResult(name == "images" ? "There is already something named “images”." : null);
    }

    private IRenderedComponent<FileEditor> Editor(ScriptStandIn browser) => _context.Render<FileEditor>(p => p.Add(e => e.File, Page).Add(e => e.Browser, browser)
        .Add(e => e.OnClose, EventCallback.Factory.Create(this, () => _asked.Add("close"))));
}
