using System.Net;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Hostings;

/// <summary>How a change of several hostings went.</summary>
/// <param name="Refusals">What was said about each that was not accepted.</param>
public sealed record BulkOutcome(int Accepted, IReadOnlyList<string> Refusals);

/// <summary>What administrators do to other people's hostings. The operations are the owners', the audit log names who asked.</summary>
public sealed class HostingInterventions(IDbContextFactory<WebHosterDb> factory, HostingRequests requests)
{
    /// <exception cref="NotFoundException">There is no such hosting.</exception>
    /// <exception cref="ConflictException">The hosting's state forbids it, or something else is under way.</exception>
    public async Task<Operation> ChangeAsync(Guid actor, Guid hostingId, OperationKind kind, IPAddress? from, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var owner = await db.Hostings.Where(h => h.Id == hostingId).Select(h => (Guid?)h.OwnerId).SingleOrDefaultAsync(ct)
            ?? throw new NotFoundException("There is no such hosting.");
        return await requests.ChangeAsync(owner, hostingId, kind, from, ct, actor);
    }

    /// <exception cref="NotFoundException">There is no such hosting.</exception>
    public async Task<string> SlugAsync(Guid hostingId, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.Hostings.Where(h => h.Id == hostingId).Select(h => h.Slug).SingleOrDefaultAsync(ct)
            ?? throw new NotFoundException("There is no such hosting.");
    }

    /// <summary>One after the other; one that is refused keeps no other from its change.</summary>
    public async Task<BulkOutcome> ChangeAllAsync(Guid actor, IEnumerable<Guid> hostings, OperationKind kind, IPAddress? from, CancellationToken ct)
    {
        var (accepted, refusals) = (0, new List<string>());
        foreach (var hosting in hostings)
        {
            try
            {
                await ChangeAsync(actor, hosting, kind, from, ct);
                accepted++;
            }
            catch (Exception e) when (e is ConflictException or NotFoundException)
            {
                refusals.Add(e.Message);
            }
        }
        return new BulkOutcome(accepted, refusals);
    }

    /// <summary>Stops what runs of a person's. What is busy at this moment is refused, and goes on.</summary>
    public async Task<BulkOutcome> StopAllOfAsync(Guid actor, Guid owner, IPAddress? from, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var own = await db.Hostings.Where(h => h.OwnerId == owner && h.Desired == DesiredState.Running).OrderBy(h => h.Ordinal).Select(h => h.Id).ToListAsync(ct);
        return await ChangeAllAsync(actor, own, OperationKind.Stop, from, ct);
    }
}
