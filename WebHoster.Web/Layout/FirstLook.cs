using Microsoft.Extensions.Caching.Memory;

namespace WebHoster.Web.Layout;

/// <summary>
/// Hands what a page's static rendering has loaded to the circuit that takes the page over a moment later: its first rendering
/// is then the same as what is shown already, and nothing flashes or jumps. The circuit loads anew at once.
/// </summary>
public sealed class FirstLook(IMemoryCache cache)
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(20);

    /// <param name="isInteractive">Whether a circuit asks, from the component's RendererInfo.</param>
    /// <param name="page">Route and whatever else tells two looks apart.</param>
    public ValueTask<T> LoadAsync<T>(bool isInteractive, Guid ownerId, string page, Func<Task<T>> load) where T : class
    {
        var key = (typeof(T), ownerId, page);
        return isInteractive && cache.TryGetValue(key, out T? seen) ? new(seen!) : new(KeepAsync());

        async Task<T> KeepAsync() => cache.Set(key, await load(), Kept);
    }
}
