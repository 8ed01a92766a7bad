namespace WebHoster.Tests.Faults;

/// <summary>One kind of call that an operation makes, and which of them: "virsh:define", the first.</summary>
internal sealed record Call(string Key, int Nth)
{
    public override string ToString() => $"{Key} {Nth}";
}

/// <summary>The stand-ins for the host's tools: where they are, what they were asked, and the fault that they are told.</summary>
internal sealed class StandInTools
{
    private static readonly string[] Names =
        ["virsh", "virt-install", "qemu-img", "genisoimage", "nft", "ip", "chown", "stat", "nginx", "rm", "ssh-keygen"];

    /// <summary>Made by the worker's clock too, so that they cannot be told from an operation's own.</summary>
    private static readonly HashSet<string> Background =
        ["virsh:event", "virsh:domstats-all", "virsh:net-list", "virsh:net-define", "virsh:net-start", "virsh:net-autostart", "nft:-f", "nft:list"];

    private static readonly HashSet<string> Looks =
        ["virsh:domstats", "virsh:dumpxml", "virsh:net-dumpxml", "qemu-img:info", "stat"];

    private readonly string _folder;
    private readonly string _state;

    public StandInTools(string folder)
    {
        (_folder, _state) = (Path.Combine(folder, "tools"), Path.Combine(folder, "state"));
        foreach (var part in new[] { _folder, Path.Combine(_state, "domains"), Path.Combine(_state, "nets"), Guests })
            Directory.CreateDirectory(part);
        foreach (var name in Names)
            File.CreateSymbolicLink(Path.Combine(_folder, name), Path.Combine(AppContext.BaseDirectory, "Faults", "tools", "tool"));
        File.WriteAllText(Path.Combine(_state, "events"), "");
        File.WriteAllText(Calls, "");
    }

    public string Guests => Path.Combine(_state, "guests");

    /// <summary>True once the fault that was asked for last has happened.</summary>
    public bool HasFired => File.Exists(Path.Combine(_state, "fired"));

    public IReadOnlyList<string> Domains => Directory.GetFiles(Path.Combine(_state, "domains"), "*.xml");

    private string Calls => Path.Combine(_state, "calls");

    public Dictionary<string, string> Environment() => new()
    {
        ["PATH"] = $"{_folder}:{System.Environment.GetEnvironmentVariable("PATH")}",
        ["FAULT_PATH"] = System.Environment.GetEnvironmentVariable("PATH")!,
        ["FAULT_STATE"] = _state,
    };

    /// <param name="action">kill-before, kill-early, kill-after, freeze, fail or hang: see the script.</param>
    public void Tell(string action, Call call)
    {
        foreach (var old in new[] { "rule", "seen", "fired" })
            File.Delete(Path.Combine(_state, old));
        File.WriteAllText(Path.Combine(_state, "rule.new"), $"{action} {call}\n");
        File.Move(Path.Combine(_state, "rule.new"), Path.Combine(_state, "rule"));
    }

    public void TellNothing() => File.Delete(Path.Combine(_state, "rule"));

    /// <summary>How many lines the log of calls has.</summary>
    public int Count => File.ReadLines(Calls).Count();

    /// <summary>What an operation called since, each with its number among its like.</summary>
    public IReadOnlyList<Call> CallsSince(int count, bool effectsOnly) =>
    [
        .. Keys(count).Where(k => !Background.Contains(k) && !(effectsOnly && Looks.Contains(k)))
            .GroupBy(k => k).SelectMany(g => g.Select((k, i) => new Call(k, i + 1))),
    ];

    /// <summary>Effects that this very worker had since.</summary>
    public IReadOnlyList<string> EffectsOf(int worker, int since) =>
    [
        .. File.ReadLines(Calls).Skip(since).Where(l => l.StartsWith($"{worker} ", StringComparison.Ordinal))
            .Where(l => !Background.Contains(l.Split(' ')[1]) && !Looks.Contains(l.Split(' ')[1])),
    ];

    private IEnumerable<string> Keys(int since) => File.ReadLines(Calls).Skip(since).Select(l => l.Split(' ')[1]);
}
