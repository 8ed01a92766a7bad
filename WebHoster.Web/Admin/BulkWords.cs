using WebHoster.Infrastructure.Hostings;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Admin;

/// <summary>How a change of several went, in words for people.</summary>
public static class BulkWords
{
    public static string Of(Texts texts, string action, BulkOutcome outcome) => outcome.Refusals switch
    {
        [] => texts["{0}: accepted for {1}.", action, texts.Number(outcome.Accepted)],
        [var first, ..] => texts["{0}: accepted for {1}, refused for {2}. {3}", action, texts.Number(outcome.Accepted), texts.Number(outcome.Refusals.Count), texts.Said(first)],
    };
}
