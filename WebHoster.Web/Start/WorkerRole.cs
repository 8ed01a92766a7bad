namespace WebHoster.Web.Start;

/// <summary>Stands in until the engine is here.</summary>
internal static class WorkerRole
{
    public static IServiceCollection AddWebHosterWorker(this IServiceCollection services, IConfiguration configuration) =>
        throw new SettingException("This build has no worker: run serve --role web.");
}
