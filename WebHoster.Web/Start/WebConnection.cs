namespace WebHoster.Web.Start;

/// <summary>The portal's own PostgreSQL user, where <c>ConnectionStrings:Web</c> gives one: it may do less than the tables' owner (Data/WebGrants).</summary>
public static class WebConnection
{
    public static void TakeWebConnection(this IConfigurationManager configuration)
    {
        if (configuration.GetConnectionString("Web") is { Length: > 0 } web)
            configuration["ConnectionStrings:Default"] = web;
    }
}
