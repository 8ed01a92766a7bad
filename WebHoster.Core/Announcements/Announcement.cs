using WebHoster.Core.Errors;

namespace WebHoster.Core.Announcements;

/// <summary>How much an announcement matters.</summary>
public enum AnnouncementLevel { Info, Warning }

/// <summary>What an announcement says, to whom it may matter, and when.</summary>
/// <param name="TextEn">For who reads English; where it is left out they read the Korean.</param>
/// <param name="TextKo">For who reads Korean; where it is left out they read the English.</param>
/// <param name="StartsAt">Null for now.</param>
/// <param name="EndsAt">Null where somebody takes it down by hand.</param>
/// <param name="Dismissible">Whether a reader can put it away.</param>
public sealed record AnnouncementDraft(
    string? TextEn, string? TextKo, AnnouncementLevel Level, DateTimeOffset? StartsAt, DateTimeOffset? EndsAt, bool Dismissible);

/// <summary>Something that the people who run this host tell everybody, on every page, for a while.</summary>
public sealed class Announcement
{
    public const int MaxLength = 500;

    private Announcement() { }

    /// <exception cref="InvalidInputException">It says nothing, too much, or ends before it starts.</exception>
    public Announcement(AnnouncementDraft draft, DateTimeOffset now)
    {
        Id = Guid.CreateVersion7(now);
        CreatedAt = now;
        Change(draft, now);
    }

    public Guid Id { get; private set; }

    public string? TextEn { get; private set; }

    public string? TextKo { get; private set; }

    public AnnouncementLevel Level { get; private set; }

    public DateTimeOffset StartsAt { get; private set; }

    public DateTimeOffset? EndsAt { get; private set; }

    public bool Dismissible { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public AnnouncementDraft Draft => new(TextEn, TextKo, Level, StartsAt, EndsAt, Dismissible);

    /// <exception cref="InvalidInputException">As of the constructor.</exception>
    public void Change(AnnouncementDraft draft, DateTimeOffset now)
    {
        var errors = new Dictionary<string, string[]>();
        var (english, korean) = (Line("text_en", draft.TextEn, errors), Line("text_ko", draft.TextKo, errors));
        if (english is null && korean is null && errors.Count == 0)
            errors["text_en"] = ["A text is needed, in one language at least."];
        var starts = draft.StartsAt?.ToUniversalTime() ?? (StartsAt == default ? now : StartsAt);
        if (draft.EndsAt <= starts)
            errors["ends_at"] = ["An announcement ends after it has started."];
        if (errors.Count > 0)
            throw new InvalidInputException(errors);
        (TextEn, TextKo, Level, StartsAt, EndsAt, Dismissible) = (english, korean, draft.Level, starts, draft.EndsAt?.ToUniversalTime(), draft.Dismissible);
    }

    public bool IsShownAt(DateTimeOffset now) => StartsAt <= now && !(EndsAt <= now);

    /// <param name="language">Two letters; where there is no text in it, the other one.</param>
    public string Text(string language) => (language == "ko" ? TextKo ?? TextEn : TextEn ?? TextKo)!;

    private static string? Line(string field, string? text, Dictionary<string, string[]> errors)
    {
        var line = text?.Trim();
        // PostgreSQL's texts have no NUL.
        if (line?.Length > MaxLength || line?.Contains('\0') == true)
            errors[field] = [$"An announcement has up to {MaxLength} characters."];
        return string.IsNullOrEmpty(line) ? null : line;
    }
}
