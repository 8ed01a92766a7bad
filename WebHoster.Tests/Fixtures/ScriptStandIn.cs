using Microsoft.JSInterop;

namespace WebHoster.Tests.Fixtures;

/// <summary>An object of the browser's, with an answer for each of its functions.</summary>
internal sealed class ScriptStandIn : Dictionary<string, object>, IJSObjectReference
{
    /// <summary>What was called, with its arguments.</summary>
    public List<string> Calls { get; } = [];

    public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args)
    {
        if (identifier != "editor.isChanged")
            Calls.Add(string.Join(' ', [identifier, .. args ?? []]));
        return this[identifier] is Exception e ? ValueTask.FromException<TValue>(e) : ValueTask.FromResult((TValue)this[identifier]);
    }

    public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) =>
        InvokeAsync<TValue>(identifier, args);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
