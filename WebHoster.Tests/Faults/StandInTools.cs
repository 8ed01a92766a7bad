namespace WebHoster.Tests.Faults;

/// <summary>One kind of call that an operation makes, and which of them: "virsh:define", the first.</summary>
internal sealed record Call(string Key, int Nth)
{
    public override string ToString() => $"{Key} {Nth}";
}

/// <summary>Something bad that happens once, at one call.</summary>
/// <param name="Action">kill-before, kill-early, kill-after, freeze, fail, hang, libvirtd or fill: see the script.</param>
internal sealed record Fault(string Action, Call Call)
{
    public override string ToString() => $"{Action} {Call}";
}

/// <summary>What stands before the host's tools: a log of every call, and the faults that it is told. Behind it are stand-ins, or the real ones.</summary>
internal sealed class StandInTools
{
    private static readonly string[] Names =
        ["virsh", "virt-install", "qemu-img", "genisoimage", "nft", "ip", "chown", "stat", "unshare", "nginx", "rm", "ssh-keygen"];

    /// <summary>Made by the worker's clock too, so that they cannot be told from an operation's own.</summary>
    private static readonly HashSet<string> Background =
        ["virsh:event", "virsh:domstats-all", "virsh:domstats-figures", "virsh:net-list", "virsh:net-define", "virsh:net-start", "virsh:net-autostart", "nft:load", "nft:list", "unshare"];

    private static readonly HashSet<string> Looks =
        ["virsh:domstats", "virsh:dumpxml", "virsh:net-dumpxml", "qemu-img:info", "stat"];

    private readonly string _folder;
    private readonly string _state;
    private readonly bool _real;

    public StandInTools(string folder, bool real = false)
    {
        (_folder, _state, _real) = (Path.Combine(folder, "tools"), Path.Combine(folder, "state"), real);
        foreach (var part in new[] { _folder, Path.Combine(_state, "domains"), Path.Combine(_state, "nets"), Guests })
            Directory.CreateDirectory(part);
        foreach (var name in Names)
            File.CreateSymbolicLink(Path.Combine(_folder, name), Path.Combine(AppContext.BaseDirectory, "Faults", "tools", "tool"));
        File.WriteAllText(At("events"), "");
        File.WriteAllText(At("calls"), "");
    }

    public string Guests => At("guests");

    /// <summary>What has happened of what was told last: "PID-OF-THE-WORKER ACTION KEY N" each.</summary>
    public IReadOnlyList<string> Fired => File.Exists(At("fired")) ? File.ReadAllLines(At("fired")) : [];

    /// <summary>What has not come about yet.</summary>
    public IReadOnlyList<string> Waiting => File.Exists(At("rules")) ? File.ReadAllLines(At("rules")) : [];

    public IReadOnlyList<string> Domains => Directory.GetFiles(At("domains"), "*.xml");

    public Dictionary<string, string> Environment()
    {
        var path = System.Environment.GetEnvironmentVariable("PATH")!;
        return new()
        {
            ["PATH"] = $"{_folder}:{path}",
            ["FAULT_PATH"] = path,
            ["FAULT_STATE"] = _state,
            ["FAULT_REAL"] = _real ? "1" : "",
        };
    }

    /// <summary>A template for <c>Images:Path</c> that the stand-ins take for one.</summary>
    public static void WriteTemplate(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "disk.qcow2"), "a stand-in\n");
        File.WriteAllText(Path.Combine(folder, "template.json"), """{ "name": "stand-in", "boot": "disk" }""");
    }

    /// <summary>Each waits until the one before has happened.</summary>
    public void Tell(params IEnumerable<Fault> faults)
    {
        foreach (var old in new[] { "rules", "seen", "fired" })
            File.Delete(At(old));
        File.WriteAllLines(At("rules.new"), faults.Select(f => f.ToString()));
        File.Move(At("rules.new"), At("rules"));
    }

    public void TellNothing() => File.Delete(At("rules"));

    /// <summary>How many lines the log of calls has.</summary>
    public int Count => File.ReadLines(At("calls")).Count();

    /// <summary>What an operation called between two lines of the log, each with its number among its like.</summary>
    public IReadOnlyList<Call> CallsBetween(int since, int until, bool effectsOnly) =>
    [
        .. Keys(since, until).Where(k => !Background.Contains(k) && !(effectsOnly && Looks.Contains(k)))
            .GroupBy(k => k).SelectMany(g => g.Select((k, i) => new Call(k, i + 1))),
    ];

    /// <summary>The kinds of effects, in the order in which they came: what a chain of faults goes along.</summary>
    public IReadOnlyList<Call> EffectsInOrder(int since, int until) =>
        [.. Keys(since, until).Where(k => !Background.Contains(k) && !Looks.Contains(k)).Select(k => new Call(k, 1))];

    /// <summary>Effects that this very worker had since.</summary>
    public IReadOnlyList<string> EffectsOf(int worker, int since) =>
    [
        .. File.ReadLines(At("calls")).Skip(since).Where(l => l.StartsWith($"{worker} ", StringComparison.Ordinal))
            .Where(l => !Background.Contains(l.Split(' ')[1]) && !Looks.Contains(l.Split(' ')[1])),
    ];

    private IEnumerable<string> Keys(int since, int until) => File.ReadLines(At("calls")).Skip(since).Take(until - since).Select(l => l.Split(' ')[1]);

    /// <summary>A file of the stand-ins' own: <c>firewall</c>, or the folder <c>nets</c>.</summary>
    public string At(string name) => Path.Combine(_state, name);
}
