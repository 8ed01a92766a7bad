using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.CloudInit;
using WebHoster.Infrastructure.Hostings;

namespace WebHoster.Infrastructure.Operations.Steps;

/// <summary>The slug answers 503 with a page that tells the state.</summary>
public sealed class AnnounceRoute(IReverseProxy proxy, RouteTables tables, SlotPlan plan) : RouteStep(proxy, tables, plan)
{
    public override string Name => StepName.AnnounceRoute;

    public override string FailureWords => "The site's address could not be set up.";

    protected override RouteTarget Target => RouteTarget.StatePage;
}

/// <summary>The slug is gone from nginx.</summary>
public sealed class WithdrawRoute(IReverseProxy proxy, RouteTables tables, SlotPlan plan) : RouteStep(proxy, tables, plan)
{
    private readonly IReverseProxy _proxy = proxy;

    public override string Name => StepName.WithdrawRoute;

    public override string FailureWords => "The site's address could not be taken down.";

    protected override RouteTarget Target => RouteTarget.Withdrawn;

    /// <summary>What nginx never got needs no withdrawing: another part of its configuration must not hold up an undoing.</summary>
    public override async Task RunAsync(StepContext context, CancellationToken ct)
    {
        try
        {
            await base.RunAsync(context, ct);
        }
        catch (HostException e)
        {
            if (await _proxy.KnowsSiteAsync(context.Hosting.Slug, ct))
                throw;
            context.Note($"nginx does not have the site. ({e.Message})");
        }
    }
}

/// <summary>The slug leads to the guest, proven by a request through the public URL and a banner on the public SSH port.</summary>
public sealed class PublishRoute(IReverseProxy proxy, RouteTables tables, SlotPlan plan) : RouteStep(proxy, tables, plan)
{
    private const int Tries = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private readonly IReverseProxy _proxy = proxy;
    private readonly SlotPlan _plan = plan;

    public override string Name => StepName.PublishRoute;

    public override string FailureWords => "The site's address could not be connected to the machine.";

    protected override RouteTarget Target => RouteTarget.Guest;

    public override async Task RunAsync(StepContext context, CancellationToken ct)
    {
        await base.RunAsync(context, ct);
        // Afterwards the machine is the customer's: only a fresh one has to show WebHoster's own page.
        if (context.Operation.Kind is not (OperationKind.Create or OperationKind.Rebuild))
            return;

        var port = _plan.Port(context.Hosting.SlotNumber);
        var (site, ssh, status) = (false, false, 0);
        for (var i = 0; i < Tries && !(site && ssh); i++)
        {
            if (i > 0)
                await Task.Delay(Pause, ct);
            (status, var body) = await _proxy.AskSiteAsync(context.Hosting.Slug, ct);
            site = status == 200 && body.Contains(WelcomePage.Marker(context.Spec));
            ssh = await _proxy.AskSshAsync(port, ct);
        }
        if (!site)
            throw new HostException($"The public address did not show the machine's own page (HTTP status {status}).");
        if (!ssh)
            throw new HostException($"Public port {port} did not answer as SSH.");
    }
}

/// <summary>What the three have in common: the row says where the slug leads, nginx is made to agree.</summary>
public abstract class RouteStep(IReverseProxy proxy, RouteTables tables, SlotPlan plan) : IOperationStep
{
    public abstract string Name { get; }

    public abstract string FailureWords { get; }

    protected abstract RouteTarget Target { get; }

    /// <summary>Publishing is never taken for done, for its proof is a request.</summary>
    public async Task<bool> IsDoneAsync(StepContext context, CancellationToken ct)
    {
        if (Target == RouteTarget.Guest || context.Hosting.Route != Target)
            return false;
        var table = await tables.LoadAsync(ct);
        return ObstacleTo(context, table) is null && await proxy.IsAppliedAsync(table, ct);
    }

    public virtual async Task RunAsync(StepContext context, CancellationToken ct)
    {
        context.Hosting.Route = Target;
        await context.SaveAsync();
        if (ObstacleTo(context, await tables.LoadAsync(ct)) is { } obstacle)
            throw new HostException(obstacle);
        await proxy.ApplyLatestAsync(tables.LoadAsync, ct);
    }

    /// <summary>What keeps this hosting, and no other, from being published: better told before a machine is made for it.</summary>
    private string? ObstacleTo(StepContext context, RouteTable table)
    {
        if (Target == RouteTarget.Withdrawn)
            return null;
        if (proxy.Quarantine(table).FirstOrDefault(q => q.Slug == context.Hosting.Slug) is { } quarantined)
            return $"“{quarantined.Slug}” is kept out of nginx. {quarantined.Reason}";
        var isNew = context.Operation.Kind is OperationKind.Create or OperationKind.Rebuild;
        return isNew && proxy.ForeignSlots([context.Hosting.SlotNumber]).Count > 0
            ? $"Another program on this host has its SSH port, {plan.Port(context.Hosting.SlotNumber)}. A new hosting gets another port." : null;
    }
}
