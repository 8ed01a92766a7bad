namespace WebHoster.Infrastructure.Processes;

/// <summary>
/// The right under which the current flow of work changes the host, asked right before each effect: a worker that stood still
/// past its lease (SIGSTOP) goes on where it stood, before any timer tells it. Standing still between the question and the
/// effect cannot be seen from inside; then flock keeps two tools from one machine, and the epoch keeps the rows.
/// </summary>
public static class Fence
{
    private static readonly AsyncLocal<Action?> Proof = new();

    /// <summary>From here to the end of the calling async method, and in all that it calls.</summary>
    /// <param name="require">Throws where the right is lost.</param>
    public static void Raise(Action require) => Proof.Value = require;

    /// <summary>Nothing happens where no right is needed: in a scan, in a single command.</summary>
    public static void Require() => Proof.Value?.Invoke();
}
