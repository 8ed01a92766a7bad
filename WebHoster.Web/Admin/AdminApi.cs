using WebHoster.Core.Accounts;
using WebHoster.Web.Account;
using WebHoster.Web.Alerts;
using WebHoster.Web.Drift;
using WebHoster.Web.Jobs;

namespace WebHoster.Web.Admin;

/// <summary><c>/api/v1/admin</c>: for administrators, signed in or with a token of scope admin.</summary>
public static class AdminApi
{
    public static void MapAdminApi(this IEndpointRouteBuilder api)
    {
        var admin = api.MapGroup("/admin").WithTags("admin").RequireScope(TokenScope.Admin).ProducesProblem(StatusCodes.Status401Unauthorized);
        admin.MapUserApi();
        admin.MapPlanApi();
        admin.MapSettingApi();
        admin.MapAllHostingsApi();
        admin.MapAllOperationsApi();
        admin.MapHostApi();
        admin.MapAuditApi();
        admin.MapJobsApi();
        admin.MapDriftApi();
        admin.MapAlertApi();
    }
}
