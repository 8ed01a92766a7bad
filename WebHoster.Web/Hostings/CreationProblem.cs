using WebHoster.Core.Errors;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Hostings;

/// <summary>Why no hosting was created, for the field that it is about.</summary>
/// <param name="Other">About none of the fields.</param>
public sealed record CreationProblem(string? Name = null, string? Key = null, string? Other = null)
{
    /// <summary>Null where the error is a fault of ours.</summary>
    public static CreationProblem? Of(Exception error) => error switch
    {
        InvalidInputException input when input.Errors.TryGetValue("name", out var problems) => new(Name: string.Join(' ', problems)),
        InvalidInputException => new(Key: error.Message),
        ConflictException when error.Data["field"] is "name" => new(Name: error.Message),
        _ => error.Refusal() is { } refusal ? new(Other: refusal) : null,
    };
}
