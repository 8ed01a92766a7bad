using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using WebHoster.Core.Accounts;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Accounts;

/// <summary>A plan, and how many people have it.</summary>
public sealed record PlanUse(Plan Plan, int People);

/// <summary>What plans there are. A new size holds for machines made from then on.</summary>
public sealed partial class Plans(IDbContextFactory<WebHosterDb> factory, TimeProvider clock)
{
    public async Task<IReadOnlyList<Plan>> ListAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.Plans.AsNoTracking().OrderBy(p => p.Name).ToListAsync(ct);
    }

    /// <summary>By name.</summary>
    public async Task<IReadOnlyList<PlanUse>> ListWithUseAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.Plans.AsNoTracking().OrderBy(p => p.Name)
            .Select(p => new PlanUse(p, db.Users.Count(u => u.PlanName == p.Name))).ToListAsync(ct);
    }

    /// <exception cref="InvalidInputException">A field is wrong.</exception>
    /// <exception cref="ConflictException">There is one of this name.</exception>
    public async Task<Plan> CreateAsync(Guid actor, Plan plan, IPAddress? from, CancellationToken ct)
    {
        if (!Shape().IsMatch(plan.Name))
            throw new InvalidInputException("name", $"A plan's name has up to {Plan.MaxNameLength} of a-z, 0-9 and -, a letter first.");
        Check(plan);
        await using var db = await factory.CreateDbContextAsync(ct);
        db.AddRange(plan, Audit(actor, "plan.create", plan, from));
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            throw new ConflictException($"There is a plan “{plan.Name}” already.");
        }
        return plan;
    }

    /// <exception cref="InvalidInputException">A field is wrong.</exception>
    /// <exception cref="NotFoundException">There is no such plan.</exception>
    public async Task<Plan> ChangeAsync(Guid actor, Plan plan, IPAddress? from, CancellationToken ct)
    {
        Check(plan);
        await using var db = await factory.CreateDbContextAsync(ct);
        var known = await db.Plans.SingleOrDefaultAsync(p => p.Name == plan.Name, ct) ?? throw Unknown();
        db.Entry(known).CurrentValues.SetValues(plan);
        db.Add(Audit(actor, "plan.change", plan, from));
        await db.SaveChangesAsync(ct);
        return known;
    }

    /// <exception cref="NotFoundException">There is no such plan.</exception>
    /// <exception cref="ConflictException">Somebody has it, or it is everybody's at first.</exception>
    public async Task<Plan> DeleteAsync(Guid actor, string name, IPAddress? from, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var plan = await db.Plans.SingleOrDefaultAsync(p => p.Name == name, ct) ?? throw Unknown();
        if (plan.Name == Plan.Standard)
            throw new ConflictException($"“{Plan.Standard}” is everybody's plan at first and stays. Change its sizes instead.");
        db.Remove(plan);
        db.Add(Audit(actor, "plan.delete", plan, from));
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation })
        {
            throw new ConflictException("People have this plan. Give them another one first.");
        }
        return plan;
    }

    private static void Check(Plan plan)
    {
        var errors = new Dictionary<string, string[]>();
        Range("memory_mb", plan.MemoryMb, Plan.MinMemoryMb, Plan.MaxMemoryMb);
        Range("vcpus", plan.Vcpus, 1, Plan.MaxVcpus);
        Range("disk_gb", plan.DiskGb, Plan.MinDiskGb, Plan.MaxDiskGb);
        Range("max_hostings", plan.MaxHostings, 1, Plan.MostHostings);
        if (errors.Count > 0)
            throw new InvalidInputException(errors);

        void Range(string field, int value, int least, int most)
        {
            if (value < least || value > most)
                errors[field] = [$"“{field}” is {least} to {most}."];
        }
    }

    private AuditEntry Audit(Guid actor, string action, Plan plan, IPAddress? from) => new(
        clock.GetUtcNow(), actor, action, $"{plan.Name}: {plan.MemoryMb} MiB, {plan.Vcpus} vCPUs, {plan.DiskGb} GiB, {plan.MaxHostings} hostings",
        "succeeded", from);

    private static NotFoundException Unknown() => new("There is no such plan.");

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,29}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
