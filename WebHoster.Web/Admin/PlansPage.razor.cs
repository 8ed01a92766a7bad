using WebHoster.Core.Accounts;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Accounts;

namespace WebHoster.Web.Admin;

/// <summary>Plans and how many people have each.</summary>
public sealed partial class PlansPage(Plans plans)
{
    private IReadOnlyList<PlanUse> _plans = [];
    private IReadOnlyDictionary<string, string[]> _problems = new Dictionary<string, string[]>();
    private Plan? _edited;
    private int _formKey;

    protected override IReadOnlySet<string> Kinds { get; } = new HashSet<string> { "plan", "account" };

    private string FormTitle => _edited is { } plan ? T["Change the plan {0}", plan.Name] : T["A new plan"];

    protected override async Task LoadAsync() => _plans = await plans.ListWithUseAsync(CancellationToken.None);

    protected override bool Shows(InvalidInputException e)
    {
        _problems = e.Errors;
        return true;
    }

    private void NewForm() => (_edited, _problems, _formKey) = (null, new Dictionary<string, string[]>(), _formKey + 1);

    private void Edit(Plan plan) => (_edited, _problems, _formKey) = (plan, new Dictionary<string, string[]>(), _formKey + 1);

    private Task SaveAsync(PlanRequest request)
    {
        _problems = new Dictionary<string, string[]>();
        return AskAsync(async () =>
        {
            var plan = _edited is { } edited
                ? await plans.ChangeAsync(OwnerId, request.ToPlan(edited.Name), From, CancellationToken.None)
                : await plans.CreateAsync(OwnerId, request.ToPlan(request.Name ?? ""), From, CancellationToken.None);
            NewForm();
            return T["The plan {0} is saved.", plan.Name];
        });
    }

    private Task DeleteAsync(Plan plan) => AskAsync(async () =>
    {
        await plans.DeleteAsync(OwnerId, plan.Name, From, CancellationToken.None);
        return T["The plan {0} is deleted.", plan.Name];
    });
}
