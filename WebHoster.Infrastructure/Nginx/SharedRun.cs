namespace WebHoster.Infrastructure.Nginx;

/// <summary>
/// Callers who wait at the same time share one run. It closes to newcomers when its turn has come, so what it reads is never
/// older than the call of anybody who shares it.
/// </summary>
internal sealed class SharedRun<T>(Func<CancellationToken, Task<IDisposable>> takeTurnAsync, Func<T, CancellationToken, Task> workAsync)
{
    private readonly Lock gate = new();
    private Run? open;

    /// <summary>A failure is told to everybody who shares the run; who gives up does not take it from the others.</summary>
    /// <param name="work">For the run; of several callers', the last one's is used.</param>
    public async Task JoinAsync(T work, CancellationToken ct)
    {
        var run = Enter(work);
        try
        {
            await run.Task.WaitAsync(ct);
        }
        finally
        {
            Leave(run);
        }
    }

    private Run Enter(T work)
    {
        lock (gate)
        {
            if (open is null)
            {
                var run = open = new Run();
                run.Task = Task.Run(() => DoAsync(run));
            }
            open.Callers++;
            open.Work = work;
            return open;
        }
    }

    private void Leave(Run run)
    {
        lock (gate)
        {
            if (--run.Callers > 0)
                return;
            Close(run);
        }
        // Nobody is left who wants it.
        run.Unwanted.Cancel();
    }

    private async Task DoAsync(Run run)
    {
        try
        {
            using var turn = await takeTurnAsync(run.Unwanted.Token);
            T work;
            lock (gate)
            {
                Close(run);
                work = run.Work!;
            }
            await workAsync(work, run.Unwanted.Token);
        }
        finally
        {
            lock (gate)
                Close(run);
        }
    }

    private void Close(Run run)
    {
        if (open == run)
            open = null;
    }

    private sealed class Run
    {
        public CancellationTokenSource Unwanted { get; } = new();

        public Task Task { get; set; } = Task.CompletedTask;

        public T? Work { get; set; }

        public int Callers { get; set; }
    }
}
