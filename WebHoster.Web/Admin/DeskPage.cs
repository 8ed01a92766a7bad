using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Realtime;
using WebHoster.Web.Errors;
using WebHoster.Web.Layout;

namespace WebHoster.Web.Admin;

/// <summary>A page of the administrators' desk: about everybody's things, so it looks again whoever's have changed, but not all the time.</summary>
public abstract class DeskPage : LivePage
{
    /// <summary>What could not be done, and why; null where all could.</summary>
    protected string? Problem { get; set; }

    /// <summary>What was done; null where nothing was.</summary>
    protected string? Done { get; set; }

    protected bool Busy { get; private set; }

    protected override TimeSpan Pause => TimeSpan.FromSeconds(1);

    /// <summary>Kinds of changes that show on this page.</summary>
    protected abstract IReadOnlySet<string> Kinds { get; }

    protected override bool Concerns(Change change) => change == Change.Resync || Kinds.Contains(change.Kind);

    /// <summary>Does what was asked for, once at a time, says how it went, and looks again.</summary>
    /// <param name="request">Returns what to say; null for nothing.</param>
    protected async Task AskAsync(Func<Task<string?>> request)
    {
        if (Busy)
            return;
        (Busy, Problem, Done) = (true, null, null);
        try
        {
            Done = await request();
        }
        catch (InvalidInputException e) when (Shows(e))
        {
            // Beside its field.
        }
        catch (Exception e) when (e.Refusal() is not null)
        {
            Problem = e.Refusal();
        }
        finally
        {
            Busy = false;
        }
        await LookAsync();
    }

    /// <summary>Whether the page shows a wrong input beside its field.</summary>
    protected virtual bool Shows(InvalidInputException e) => false;
}
