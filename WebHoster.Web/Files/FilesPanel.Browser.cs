using Microsoft.JSInterop;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Files;

/// <summary>What files.js tells and is told. It knows how the uploads are: after a lost connection it tells of all of them again.</summary>
public sealed partial class FilesPanel
{
    [JSInvokable]
    public async Task ShowUploads(UploadRow[] rows)
    {
        foreach (var row in rows)
        {
            if (_uploads.FindIndex(u => u.Key == row.Key) is var known and >= 0)
                _uploads[known] = row;
            else
                _uploads.Add(row);
        }
        StateHasChanged();
        if (rows.Any(r => r.State == UploadState.Done))
            await Look();
    }

    /// <summary>The folder may have changed.</summary>
    [JSInvokable]
    public async Task Look()
    {
        if (!Runs || _edited is not null)
            return;
        await ListAsync(_path, quietly: true);
        StateHasChanged();
    }

    /// <summary>Nothing of what was dropped or chosen is uploaded.</summary>
    [JSInvokable]
    public void Refuse(string why)
    {
        _refusal = why switch
        {
            "closed" when _edited is not null => Texts.Key("Nothing was uploaded. Close the file first."),
            "closed" when !Runs => Texts.Key("Nothing was uploaded. The machine does not run."),
            "closed" => Texts.Key("Nothing was uploaded. The folder is not open yet."),
            "empty" => Texts.Key("Nothing was uploaded. There is no file in that folder."),
            "many" => Texts.Key("Nothing was uploaded. At most 1,000 files can be uploaded at once: pack them, and unpack them on the console."),
            _ => Texts.Key("Nothing was uploaded. The browser cannot read what was dropped."),
        };
        StateHasChanged();
    }

    [JSInvokable]
    public async Task SaveAsync()
    {
        if (_editor is not null)
            await _editor.SaveAsync();
    }

    private async Task ChooseAsync(string what) => await _browser!.InvokeVoidAsync("choose", what);

    private async Task WishAsync(UploadWish wish)
    {
        if (wish.Act == UploadWish.Dismiss)
            _uploads.RemoveAll(u => wish.Keys.Contains(u.Key));
        await _browser!.InvokeVoidAsync(wish.Act, wish.Keys);
    }
}
