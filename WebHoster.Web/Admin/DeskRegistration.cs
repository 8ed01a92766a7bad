namespace WebHoster.Web.Admin;

/// <summary>What the administrators' pages and their API need besides what everybody has.</summary>
public static class DeskRegistration
{
    public static void AddDesk(this IServiceCollection services) =>
        services.AddSingleton<HostingList>().AddSingleton<UserList>().AddSingleton<PersonFile>().AddScoped<UserChanges>();
}
