using System.Net;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;
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
    private string? _problem;
    private bool _busy;
    private bool _naming;
    private bool _wasRunning;
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
            return;
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
        _path = path;
        if (Runs)
            return ListAsync(path);
        (_content, _problem, _naming) = (null, null, false);
        return Task.CompletedTask;
    }

    private Task ListAsync(string path) => TryAsync(async files =>
    {
        _content = await files.ListAsync(path, CancellationToken.None);
        _path = _content.Path;
        _naming = false;
        _sorted = [.. _content.Files.OrderBy(f => f.Kind != FileKind.Folder).ThenBy(f => f.Name, StringComparer.OrdinalIgnoreCase)];
    });

    private Task OpenAsync(GuestFile file) => file.Kind switch
    {
        FileKind.Folder => GoAsync(file.Path),
        FileKind.Link => FollowAsync(file),
        _ => EditAsync(file),
    };

    private async Task FollowAsync(GuestFile link)
    {
        GuestFile? file = null;
        await TryAsync(async files => file = await files.StatAsync(link.Path, CancellationToken.None));
        if (file is { Kind: FileKind.Folder or FileKind.File })
            await OpenAsync(file);
    }

    private async Task EditAsync(GuestFile file)
    {
        if (file.Size > FileEditor.MaxBytes)
            _problem = "Files of up to 1 MB can be edited here. Download this one instead.";
        else
            (_edited, _problem) = (file, null);
        await Task.CompletedTask;
    }

    private Task CloseEditorAsync()
    {
        _edited = null;
        return ReloadAsync();
    }

    private Task MakeFolderAsync(string name) => ChangeAsync(files => files.MakeFolderAsync(Named(name), CancellationToken.None));

    private Task RenameAsync((GuestFile File, string Name) wish) =>
        ChangeAsync(files => files.RenameAsync(wish.File.Path, GuestPath.Join(GuestPath.FolderOf(wish.File.Path), wish.Name), CancellationToken.None));

    private Task DeleteAsync(GuestFile file) => ChangeAsync(files => files.DeleteAsync(file.Path, recursive: true, CancellationToken.None));

    private string Named(string name) => GuestPath.Join(_path, name);

    private async Task ChangeAsync(Func<GuestFiles, Task> change)
    {
        await TryAsync(change);
        var problem = _problem;
        await ReloadAsync();
        _problem ??= problem;
    }

    private async Task TryAsync(Func<GuestFiles, Task> work)
    {
        (_busy, _problem) = (true, null);
        _problem = await Refusals.OfAsync(async () => await work(await sessions.OpenAsync(_ownerId, Hosting.Id, _from, CancellationToken.None)));
        _busy = false;
    }

    private async Task ChooseFilesAsync() => await _browser!.InvokeVoidAsync("chooseFiles");

    [JSInvokable]
    public void UploadAdded(string key, string name, long size)
    {
        _uploads.Add(new UploadRow(key, name, size));
        StateHasChanged();
    }

    [JSInvokable]
    public async Task UploadEnded(string key, string outcome, string message)
    {
        if (_uploads.FirstOrDefault(u => u.Key == key) is { } row)
            (row.State, row.Message) = (Enum.TryParse<UploadState>(outcome, ignoreCase: true, out var state) ? state : UploadState.Failed, message);
        if (outcome == "done" && _edited is null)
            await ReloadAsync();
        StateHasChanged();
    }

    [JSInvokable]
    public async Task SaveAsync()
    {
        if (_editor is not null)
            await _editor.SaveAsync();
    }

    private Task ReplaceAsync(UploadRow row) => StartAsync(row, replace: true);

    private Task RetryAsync(UploadRow row) => StartAsync(row, replace: false);

    private async Task StartAsync(UploadRow row, bool replace)
    {
        (row.State, row.Message) = (UploadState.Running, "");
        await _browser!.InvokeVoidAsync("start", row.Key, replace);
    }

    private async Task CancelAsync(UploadRow row) => await _browser!.InvokeVoidAsync("cancel", row.Key);

    private void Dismiss(UploadRow row) => _uploads.Remove(row);
}
