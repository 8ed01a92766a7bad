using WebHoster.Core.Errors;

namespace WebHoster.Web.Account;

/// <summary>What is wrong with the fields of a form that was sent, as the rules say it.</summary>
public sealed class FormProblems
{
    private IReadOnlyDictionary<string, string[]> _byField = new Dictionary<string, string[]>();

    /// <summary>With no field in particular; null where there is none.</summary>
    public string? General { get; private set; }

    public bool Any => General is not null || _byField.Count > 0;

    public string? this[string field] => _byField.GetValueOrDefault(field) is [var first, ..] ? first : null;

    /// <summary>True where <paramref name="work"/> was done.</summary>
    public async Task<bool> TryAsync(Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (InvalidInputException e)
        {
            _byField = e.Errors;
        }
        catch (DomainException e) when (e.Data["field"] is string field)
        {
            _byField = new Dictionary<string, string[]> { [field] = [e.Message] };
        }
        catch (DomainException e)
        {
            General = e.Message;
        }
        return false;
    }
}
