using System.Globalization;
using Swashbuckle.AspNetCore.SwaggerUI;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Web.Start;

/// <summary>The listener of pages and API, and Swagger UI over the API.</summary>
public static class Portal
{
    /// <summary>More than anything here takes: what is too large for an endpoint is still read to its end, so that its sender hears why.</summary>
    private const long MaxBody = 4 << 20;

    /// <summary>Plain HTTP, on all interfaces unless told otherwise; TLS is the business of the nginx in front.</summary>
    public static void AddPortalListener(this WebApplicationBuilder builder)
    {
        var portal = builder.Configuration.GetSection("Portal").Get<PortalSettings>() ?? new PortalSettings();
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://{portal.ListenAddress}:{portal.Port}"));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBody;
        });
        // Also when run from the build's output, outside Development.
        builder.WebHost.UseStaticWebAssets();
    }

    public static void DescribeApi(this SwaggerUIOptions options)
    {
        options.RoutePrefix = "docs";
        options.DocumentTitle = "WebHoster API";
        options.SwaggerEndpoint("/openapi/v1.json", "WebHoster API v1");
        options.EnablePersistAuthorization();
    }
}
