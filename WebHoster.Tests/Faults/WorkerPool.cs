using System.Collections.Concurrent;

namespace WebHoster.Tests.Faults;

/// <summary>As many workers as are wanted: one that ends is followed by another at once.</summary>
internal sealed class WorkerPool : IAsyncDisposable
{
    private readonly Dictionary<string, string> _environment;
    private readonly ConcurrentDictionary<int, WorkerProcess> _alive = new();
    private readonly ConcurrentQueue<WorkerProcess> _all = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _someAlive = new(0);
    private readonly Task _keeping;

    public WorkerPool(Dictionary<string, string> environment, int count)
    {
        _environment = environment;
        var first = Enumerable.Range(0, count).Select(_ => new TaskCompletionSource()).ToArray();
        Started = Task.WhenAll(first.Select(f => f.Task));
        _keeping = Task.WhenAll(first.Select(f => Task.Run(() => KeepOneAsync(f))));
    }

    public Task Started { get; }

    /// <summary>Of the latest few.</summary>
    public string Logs => string.Join("\n", _all.TakeLast(4).Select(w => $"-- worker {w.Id}\n{w.Log}"));

    public IReadOnlyList<WorkerProcess> Alive => [.. _alive.Values];

    public WorkerProcess Find(int pid) => _all.Single(w => w.Id == pid);

    /// <summary>At a random moment after one has started: a slow machine gets no less done between two kills.</summary>
    public async Task KillOneAsync(Random random)
    {
        await _someAlive.WaitAsync(TimeSpan.FromMinutes(2));
        await Task.Delay(random.Next(100, 2000));
        if (_alive.Values.ToArray() is { Length: > 0 } workers)
            await workers[random.Next(workers.Length)].KillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        foreach (var worker in _alive.Values)
            await worker.KillAsync();
        await _keeping;
        foreach (var worker in _all)
            await worker.DisposeAsync();
    }

    private async Task KeepOneAsync(TaskCompletionSource first)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var worker = await WorkerProcess.StartAsync(_environment);
                _all.Enqueue(worker);
                _alive[worker.Id] = worker;
                first.TrySetResult();
                _someAlive.Release();
                if (_stop.IsCancellationRequested)
                    await worker.KillAsync();
                await worker.Exited;
                _alive.TryRemove(worker.Id, out _);
            }
            catch (InvalidOperationException e)
            {
                // Ended before it was up: at the first time a fault of the test, later on one of the trial's own.
                first.TrySetException(e);
            }
        }
    }
}
