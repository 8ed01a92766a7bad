using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Errors;

/// <summary>What a page says where it could not do what was asked: an error that nobody catches ends the whole page.</summary>
public static class Refusals
{
    /// <summary>Null where the error is a fault of ours.</summary>
    public static string? Refusal(this Exception e) => e switch
    {
        DomainException => e.Message,
        _ when e.IsDatabaseTrouble() => Texts.Key("The database does not answer at the moment. Try again shortly."),
        _ => null,
    };

    /// <returns>Why the work could not be done; null where it was.</returns>
    public static async Task<string?> OfAsync(Func<Task> work)
    {
        try
        {
            await work();
            return null;
        }
        catch (Exception e) when (e.Refusal() is not null)
        {
            return e.Refusal();
        }
    }
}
