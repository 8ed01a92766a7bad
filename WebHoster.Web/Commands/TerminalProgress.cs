using System.Diagnostics;
using WebHoster.Core.Operations;

namespace WebHoster.Web.Commands;

/// <summary>Prints each step once with its time; on a terminal the running one has a spinner and its seconds.</summary>
public sealed class TerminalProgress : IAsyncDisposable
{
    private const string Frames = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(120);

    private readonly HashSet<int> _printed = [];
    private readonly Lock _writing = new();
    private readonly CancellationTokenSource _done = new();
    private readonly Task _spinner;
    private (string Name, long Since)? _current;

    public TerminalProgress() => _spinner = Console.IsOutputRedirected ? Task.CompletedTask : SpinAsync();

    public void Show(Operation operation)
    {
        lock (_writing)
        {
            foreach (var step in operation.Steps.OrderBy(s => s.Ordinal).Where(s => s.Status is StepStatus.Done or StepStatus.Failed))
            {
                if (!_printed.Add(step.Ordinal))
                    continue;
                Clear();
                var mark = step.Status == StepStatus.Done ? "✓" : "✗";
                var seconds = (step.FinishedAt - step.StartedAt)?.TotalSeconds ?? 0;
                Console.WriteLine($"  {mark} {Words(step.Name),-40} {seconds,6:0.0} s");
            }
            var running = operation.Steps.FirstOrDefault(s => s.Status == StepStatus.Running);
            if (running?.Name != _current?.Name)
                _current = running is null ? null : (running.Name, Stopwatch.GetTimestamp());
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync();
        await _spinner;
        lock (_writing)
            Clear();
        _done.Dispose();
    }

    private async Task SpinAsync()
    {
        for (var i = 0; !_done.IsCancellationRequested; i++)
        {
            lock (_writing)
            {
                if (_current is { } current)
                    Console.Write($"\r  {Frames[i % Frames.Length]} {Words(current.Name),-40} {Stopwatch.GetElapsedTime(current.Since).TotalSeconds,6:0} s");
            }
            await Task.Delay(Tick, _done.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static void Clear()
    {
        if (!Console.IsOutputRedirected)
            Console.Write("\r\e[K");
    }

    private static string Words(string step) => char.ToUpperInvariant(step[0]) + step[1..].Replace('-', ' ');
}
