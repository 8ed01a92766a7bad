using WebHoster.Infrastructure.Desk;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Admin;

/// <summary>How what needs attention is told; words are keys of <see cref="Texts"/>.</summary>
/// <param name="Tone">CSS, as of <c>StatusLook</c>.</param>
/// <param name="Advice">What to do about it.</param>
/// <param name="All">Where all of a kind are listed; null where nowhere.</param>
public sealed record AttentionLook(string Words, string Tone, string Advice, string? All)
{
    public static AttentionLook Of(AttentionKind kind) => kind switch
    {
        AttentionKind.NoWorker => new(
            Texts.Key("No worker is there"), "bad", Texts.Key("Nothing that is asked for gets done. Start the worker, and look into its log."), null),
        AttentionKind.DiskNearlyFull => new(
            Texts.Key("The disk is nearly full"), "bad", Texts.Key("Machines stand still when it is. Free some room, or move old logs and images away."), null),
        AttentionKind.MemoryOverbooked => new(
            Texts.Key("More memory is promised than there is"), "calm", Texts.Key("Where all machines want theirs at once, the host swaps or ends one."), null),
        AttentionKind.SlotsNearlyOut => new(
            Texts.Key("Few places are left"), "calm", Texts.Key("Widen the range of SSH ports, or let places rest for less long."), null),
        AttentionKind.OperationFailed => new(
            Texts.Key("Operations that failed in the last day"), "bad", Texts.Key("Each says why; the hosting's page has its log."), null),
        AttentionKind.OperationSlow => new(
            Texts.Key("Operations that take too long"), "bad", Texts.Key("They can be called off."), null),
        AttentionKind.HostingFailed => new(
            Texts.Key("Failed hostings"), "bad", Texts.Key("Start, rebuild or delete them."), "/admin/hostings?status=failed"),
        AttentionKind.HostingUnhealthy => new(
            Texts.Key("Machines that do not answer"), "bad", Texts.Key("They run, but the site or SSH is silent: often their owner's doing."), "/admin/hostings?unhealthy=true"),
        AttentionKind.DisabledPersonsHosting => new(
            Texts.Key("Machines of disabled people"), "calm", Texts.Key("They run on. Stop or delete them where they should not."), "/admin/hostings?owner_disabled=true"),
        AttentionKind.SlotUnusable => new(
            Texts.Key("Unusable SSH ports"), "calm", Texts.Key("Another program on this host holds them; no hosting gets them meanwhile."), null),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
