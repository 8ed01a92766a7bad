using WebHoster.Core.Announcements;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Announcements;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Admin;

/// <summary>What everybody is told, is going to be told, and was told.</summary>
public sealed partial class AnnouncementsPage(AnnouncementBoard board, TimeProvider clock)
{
    private IReadOnlyList<Announcement> _all = [];
    private IReadOnlyDictionary<string, string[]> _problems = new Dictionary<string, string[]>();
    private Announcement? _edited;
    private int _formKey;

    protected override IReadOnlySet<string> Kinds { get; } = new HashSet<string> { "announcements" };

    protected override async Task LoadAsync() => _all = await board.ListAsync(CancellationToken.None);

    protected override bool Shows(InvalidInputException e)
    {
        _problems = e.Errors;
        return true;
    }

    private void NewForm() => (_edited, _problems, _formKey) = (null, new Dictionary<string, string[]>(), _formKey + 1);

    private void Edit(Announcement one) => (_edited, _problems, _formKey) = (one, new Dictionary<string, string[]>(), _formKey + 1);

    private Task SaveAsync(AnnouncementDraft draft)
    {
        _problems = new Dictionary<string, string[]>();
        return AskAsync(async () =>
        {
            if (_edited is { } edited)
                await board.ChangeAsync(OwnerId, edited.Id, draft, From, CancellationToken.None);
            else
                await board.AddAsync(OwnerId, draft, From, CancellationToken.None);
            NewForm();
            return T["The announcement is saved."];
        });
    }

    private Task RemoveAsync(Announcement one) => AskAsync(async () =>
    {
        await board.RemoveAsync(OwnerId, one.Id, From, CancellationToken.None);
        if (_edited?.Id == one.Id)
            NewForm();
        return T["The announcement is taken down."];
    });

    private string StateOf(Announcement one) => one.IsShownAt(clock.GetUtcNow()) ? Texts.Key("Shown now")
        : one.StartsAt > clock.GetUtcNow() ? Texts.Key("To come") : Texts.Key("Over");

    private string ToneOf(Announcement one) => one.IsShownAt(clock.GetUtcNow()) ? "good" : one.StartsAt > clock.GetUtcNow() ? "busy" : "calm";

    private static string LevelOf(AnnouncementLevel level) => level == AnnouncementLevel.Warning ? Texts.Key("Warning") : Texts.Key("Info");
}
