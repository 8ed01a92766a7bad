using System.Net;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;
using WebHoster.Core.Errors;
using WebHoster.Core.Files;
using WebHoster.Core.Hostings;
using WebHoster.Infrastructure.Files;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Settings;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Files;

/// <summary>A hosting's files: the list comes over the circuit, content goes between browser and portal by itself (files.js).</summary>
public sealed partial class FilesPanel(
    FileSessions sessions, AuthenticationStateProvider identity, PublicAddresses addresses, IJSRuntime script) : IAsyncDisposable
{
    private readonly List<UploadRow> _uploads = [];
    private Guid _ownerId;
    private IPAddress? _from;
    private FolderContent? _content;
    private IReadOnlyList<GuestFile> _sorted = [];
    private GuestFile? _edited;
    private FileEditor? _editor;
    private string _path = GuestPath.WebRoot;
    private string _asked = GuestPath.WebRoot;
    private string? _problem;
    private string? _refusal;
    private bool _busy;
    private bool _changes;
    private int _turn;
    private FileKind? _naming;
    private bool _wasRunning;
    private string? _focused;
    private FileTable? _table;
    private ElementReference _refresh;
    private ElementReference _newFolder;
    private ElementReference _newFile;
    private ElementReference _root;
    private IJSObjectReference? _browser;
    private DotNetObjectReference<FilesPanel>? _self;

    [Parameter, EditorRequired]
    public HostingView Hosting { get; set; } = null!;

    private bool Runs => Hosting.Status == HostingStatus.Running;

    private string Home => $"/home/{addresses.User}";

    private string Root => GuestPath.IsWithin(Home, _content?.Path ?? _path) ? Home : GuestPath.WebRoot;

    private string Base => $"/streams/files/{Hosting.Id}";

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_browser is not null)
            {
                await _browser.InvokeVoidAsync("close");
                await _browser.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The window is closed, and its uploads with it.
        }
        _self?.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        // Again as soon as the machine runs, whoever started it.
        var changes = Runs != _wasRunning;
        _wasRunning = Runs;
        if (_browser is not null && changes)
            await ReloadAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            await FocusAsync();
            return;
        }
        var person = (await identity.GetAuthenticationStateAsync()).User;
        (_ownerId, _from) = (person.UserId(), person.From());
        _self = DotNetObjectReference.Create(this);
        await using var module = await script.InvokeAsync<IJSObjectReference>("import", "./files.js");
        _browser = await module.InvokeAsync<IJSObjectReference>("open", _root, _self, Base);
        await ReloadAsync();
        StateHasChanged();
    }

    private string Pressed(string root) => Root == root ? "true" : "false";

    private Task ReloadAsync() => GoAsync(_path);

    private Task GoAsync(string path)
    {
        (_path, _asked, _refusal) = (path, path, null);
        if (Runs)
            return ListAsync(path);
        _turn++;
        (_content, _problem, _naming, _busy) = (null, null, null, false);
        return Task.CompletedTask;
    }

    /// <param name="quietly">Nobody asked for it: what is being done goes on.</param>
    private async Task ListAsync(string path, bool quietly = false)
    {
        var turn = ++_turn;
        _busy |= !quietly;
        FolderContent? found = null;
        string? lost = null;
        var problem = await OfFilesAsync(async files => (found, lost) = await FindAsync(files, path));
        // Somebody has asked for another folder since, or the machine has stopped.
        if (turn != _turn)
            return;
        (_busy, _problem) = (false, problem);
        if (found is null)
        {
            _path = _content?.Path ?? path;
            return;
        }
        _naming = found.Path == _content?.Path ? _naming : null;
        (_content, _path, _asked, _refusal) = (found, found.Path, found.Path, lost ?? _refusal);
        _sorted = [.. found.Files.OrderBy(f => f.Kind != FileKind.Folder).ThenBy(f => f.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>The folder, or the nearest one above it that is there, with what became of the one that was meant.</summary>
    private static async Task<(FolderContent Content, string? Lost)> FindAsync(GuestFiles files, string path)
    {
        for (string? lost = null; ; path = GuestPath.FolderOf(path))
        {
            try
            {
                return (await files.ListAsync(path, CancellationToken.None), lost);
            }
            catch (NotFoundException e) when (!files.Roots.Contains(path) && path != "/")
            {
                lost ??= e.Message;
            }
        }
    }

    private Task OpenAsync(GuestFile file) => file.Kind switch
    {
        FileKind.Folder => GoAsync(file.Path),
        FileKind.Link => FollowAsync(file),
        _ => EditAsync(file),
    };

    private async Task FollowAsync(GuestFile link)
    {
        GuestFile? file = null;
        _refusal = await OfFilesAsync(async files => file = await files.StatAsync(link.Path, CancellationToken.None));
        if (file is { Kind: FileKind.Folder or FileKind.File })
            await OpenAsync(file);
    }

    private Task EditAsync(GuestFile file)
    {
        (_edited, _refusal) = file.Size > FileEditor.MaxBytes ? (null, "Files of up to 1 MB can be edited here. Download this one instead.") : (file, (string?)null);
        return Task.CompletedTask;
    }

    private async Task CloseEditorAsync()
    {
        var path = _edited!.Path;
        _edited = null;
        await ReloadAsync();
        _focused = path;
    }

    private async Task<string?> MakeAsync(string name)
    {
        var path = GuestPath.Join(_content!.Path, name);
        GuestFile? made = null;
        var refusal = await ChangeAsync(async files => made = _naming == FileKind.Folder
            ? await files.MakeFolderAsync(path, CancellationToken.None) : await MakeFileAsync(files, path));
        if (made is { Kind: FileKind.Folder })
            (_naming, _focused) = (null, made.Path);
        else if (made is not null)
            (_naming, _edited) = (null, made);
        StateHasChanged();
        return refusal;
    }

    private static async Task<GuestFile> MakeFileAsync(GuestFiles files, string path)
    {
        var upload = await files.UploadAsync(path, Guid.NewGuid(), CancellationToken.None);
        await upload.CheckAsync(expected: null, CancellationToken.None);
        await upload.AddAsync(Stream.Null, 0, CancellationToken.None);
        return await upload.FinishAsync(0, expected: null, CancellationToken.None);
    }

    private async Task LeaveNamingAsync()
    {
        var button = _naming == FileKind.Folder ? _newFolder : _newFile;
        _naming = null;
        await button.FocusAsync();
    }

    private async Task<string?> RenameAsync(GuestFile file, string name)
    {
        var to = GuestPath.Join(GuestPath.FolderOf(file.Path), name);
        var refusal = await ChangeAsync(files => files.RenameAsync(file.Path, to, CancellationToken.None));
        // With its row goes the form that would say it.
        if (refusal is not null && !_sorted.Any(f => f.Path == file.Path))
            _refusal = refusal;
        StateHasChanged();
        return refusal;
    }

    private async Task DeleteAsync(GuestFile file) =>
        _refusal = await ChangeAsync(files => files.DeleteAsync(file.Path, recursive: true, CancellationToken.None)) ?? _refusal;

    /// <returns>Why it could not be done; null where it was.</returns>
    private async Task<string?> ChangeAsync(Func<GuestFiles, Task> change)
    {
        (_changes, _refusal) = (true, null);
        var refusal = await OfFilesAsync(change);
        _changes = false;
        await ListAsync(_path);
        return refusal;
    }

    private Task<string?> OfFilesAsync(Func<GuestFiles, Task> work) =>
        Refusals.OfAsync(async () => await work(await sessions.OpenAsync(_ownerId, Hosting.Id, _from, CancellationToken.None)));

    private async Task FocusAsync()
    {
        if (_focused is not { } path || _edited is not null)
            return;
        _focused = null;
        if (_table is not null && _sorted.Any(f => f.Path == path))
            _table.Focus(path);
        else
            await _refresh.FocusAsync();
    }
}
