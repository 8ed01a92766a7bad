using Microsoft.Extensions.Logging;
using WebHoster.Core.Ports;

namespace WebHoster.Infrastructure.Streams;

/// <summary>The machines' consoles that somebody looks at, and for a while after that: who comes back finds the same line.</summary>
public sealed class ConsoleLines(IGuestChannels guests, ILogger<ConsoleLines> logger)
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Followed> _lines = [];

    /// <summary>Every call needs one of <see cref="Return"/>.</summary>
    public ConsoleLine Rent(Guid machineId)
    {
        lock (_lock)
        {
            if (!_lines.TryGetValue(machineId, out var followed))
            {
                var line = new ConsoleLine(machineId, guests, logger);
                var end = new CancellationTokenSource();
                followed = _lines[machineId] = new Followed(line, end, Task.Run(() => line.RunAsync(end.Token)));
            }
            followed.Users++;
            return followed.Line;
        }
    }

    public void Return(Guid machineId)
    {
        lock (_lock)
        {
            var followed = _lines[machineId];
            if (--followed.Users == 0)
                _ = DropAsync(machineId, followed, ++followed.Round);
        }
    }

    private async Task DropAsync(Guid machineId, Followed followed, int round)
    {
        await Task.Delay(Linger);
        lock (_lock)
        {
            if (followed.Users > 0 || followed.Round != round)
                return;
            _lines.Remove(machineId);
        }
        await followed.End.CancelAsync();
        await followed.Work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        followed.End.Dispose();
    }

    private sealed class Followed(ConsoleLine line, CancellationTokenSource end, Task work)
    {
        public ConsoleLine Line => line;

        public CancellationTokenSource End => end;

        public Task Work => work;

        public int Users { get; set; }

        /// <summary>Which time it is that nobody looks.</summary>
        public int Round { get; set; }
    }
}
