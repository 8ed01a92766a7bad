using System.Text.Json;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.RunTime;

namespace WebHoster.Web.Admin;

/// <summary>The settings that can be changed while WebHoster runs.</summary>
public sealed partial class SettingsPage(RunTimeSettings settings)
{
    private IReadOnlyList<SettingView> _settings = [];
    private string? _asked;
    private string? _wrongOf;
    private string? _wrong;

    protected override IReadOnlySet<string> Kinds { get; } = new HashSet<string> { "settings" };

    protected override async Task LoadAsync() => _settings = await settings.ListAsync(CancellationToken.None);

    protected override bool Shows(InvalidInputException e)
    {
        (_wrongOf, _wrong) = (_asked, e.Message);
        return true;
    }

    private Task SetAsync(string name, JsonElement value) => ChangeAsync(name, () => settings.SetAsync(OwnerId, name, value, From, CancellationToken.None));

    private Task ResetAsync(string name) => ChangeAsync(name, () => settings.ResetAsync(OwnerId, name, From, CancellationToken.None));

    private Task ChangeAsync(string name, Func<Task> change)
    {
        (_asked, _wrongOf, _wrong) = (name, null, null);
        return AskAsync(async () =>
        {
            await change();
            return T["{0}: saved.", T[SettingWords.Name(name)]];
        });
    }
}
