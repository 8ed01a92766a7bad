using System.Collections.Concurrent;
using System.Diagnostics;
using WebHoster.Tests.Fixtures;

namespace WebHoster.Tests.Faults;

/// <summary>The real program in the role of a worker, as a process of its own that can be killed and frozen.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentBag<(string Text, TaskCompletionSource Said)> _awaited = [];
    private readonly Process _process;

    private WorkerProcess(Dictionary<string, string> environment)
    {
        _process = PortalFixture.Launch(environment, ["serve", "--role", "worker"], Keep);
        Id = _process.Id;
        Exited = _process.WaitForExitAsync();
    }

    public Task Exited { get; }

    public int Id { get; }

    public string Log => string.Join('\n', _lines);

    public static async Task<WorkerProcess> StartAsync(Dictionary<string, string> environment)
    {
        var worker = new WorkerProcess(environment);
        if (await Task.WhenAny(worker.SaysAsync("Application started"), worker.Exited) == worker.Exited)
            throw new InvalidOperationException($"The worker did not start:\n{worker.Log}");
        return worker;
    }

    /// <summary>Ends once the worker has written a line with this text, be it before or after the call.</summary>
    public Task SaysAsync(string text)
    {
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _awaited.Add((text, said));
        if (_lines.Any(l => l.Contains(text)))
            said.TrySetResult();
        return said.Task.WaitAsync(Patience);
    }

    /// <summary>SIGKILL, to the worker alone: what it has started lives on, as it would on a host.</summary>
    public async Task KillAsync()
    {
        if (!Exited.IsCompleted)
            _process.Kill();
        await Exited;
    }

    /// <summary>SIGTERM, as systemd sends it, and its end.</summary>
    public async Task StopAsync()
    {
        await Shell.RunAsync("kill", "-TERM", Id.ToString());
        await Exited.WaitAsync(Patience);
    }

    /// <summary>After a SIGSTOP.</summary>
    public Task ContinueAsync() => Shell.RunAsync("kill", "-CONT", Id.ToString());

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        _lines.Enqueue(line);
        foreach (var (_, said) in _awaited.Where(a => line.Contains(a.Text)))
            said.TrySetResult();
    }
}
