using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Accounts;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Data;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;
using WebHoster.Web.Paging;

namespace WebHoster.Web.Admin;

/// <summary>Body of a plan: all its sizes. A change leaves the name to the address.</summary>
/// <param name="MemoryMb">MiB.</param>
/// <param name="DiskGb">GiB.</param>
public sealed record PlanRequest(string? Name, [property: Required] int? MemoryMb, [property: Required] int? Vcpus, [property: Required] int? DiskGb, [property: Required] int? MaxHostings)
{
    /// <exception cref="InvalidInputException">A size is left out.</exception>
    public Plan ToPlan(string name) => new()
    {
        Name = name,
        MemoryMb = Required("memory_mb", MemoryMb),
        Vcpus = Required("vcpus", Vcpus),
        DiskGb = Required("disk_gb", DiskGb),
        MaxHostings = Required("max_hostings", MaxHostings),
    };

    private static int Required(string field, int? value) => value ?? throw new InvalidInputException(field, $"“{field}” is needed.");
}

/// <summary>A plan, as the API shows it.</summary>
public sealed record PlanResource(string Name, int MemoryMb, int Vcpus, int DiskGb, int MaxHostings)
{
    public static PlanResource Of(Plan plan) => new(plan.Name, plan.MemoryMb, plan.Vcpus, plan.DiskGb, plan.MaxHostings);
}

/// <summary><c>/api/v1/admin/plans</c>.</summary>
public static class PlanApi
{
    private static readonly Collection<Plan> Listing = new Collection<Plan>("name", Collection<Plan>.MaxLimit).Sort("name", p => p.Name, p => p.Name);

    public static void MapPlanApi(this IEndpointRouteBuilder admin)
    {
        var plans = admin.MapGroup("/plans");
        plans.MapGet("", (HttpContext context, WebHosterDb db) =>
                Listing.Ask(db.Plans.AsNoTracking(), context.Request.Query).AnswerAsync(context, PlanResource.Of))
            .WithName("listPlans").WithSummary("All plans, by name").Pages<Plan, PlanResource>(Listing);
        plans.MapPost("", CreateAsync).WithName("createPlan").WithSummary("Add a plan")
            .Produces<Envelope<PlanResource>>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        plans.MapPut("/{name}", ChangeAsync).WithName("changePlan").WithSummary("Give a plan other sizes, for machines made from now on")
            .Produces<Envelope<PlanResource>>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        plans.MapDelete("/{name}", DeleteAsync).WithName("deletePlan").WithSummary("Delete a plan that nobody has")
            .Produces<Envelope<PlanResource>>().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> CreateAsync(PlanRequest request, HttpContext context, Plans plans, CancellationToken ct)
    {
        var plan = await plans.CreateAsync(context.User.UserId(), request.ToPlan(request.Name ?? ""), context.From(), ct);
        return Results.Json(Envelope.Of(PlanResource.Of(plan), "The plan can be given to people."), statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> ChangeAsync(string name, PlanRequest request, HttpContext context, Plans plans, CancellationToken ct)
    {
        if (request.Name is not null && request.Name != name)
            throw new InvalidInputException("name", "A plan keeps its name.");
        var plan = await plans.ChangeAsync(context.User.UserId(), request.ToPlan(name), context.From(), ct);
        return Results.Json(Envelope.Of(PlanResource.Of(plan), "Machines made from now on have these sizes."));
    }

    private static async Task<IResult> DeleteAsync(string name, HttpContext context, Plans plans, CancellationToken ct) =>
        Results.Json(Envelope.Of(PlanResource.Of(await plans.DeleteAsync(context.User.UserId(), name, context.From(), ct)), "The plan is deleted."));
}
