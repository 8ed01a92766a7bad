using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using WebHoster.Infrastructure.Settings;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;
using WebHoster.Web.Hostings;
using WebHoster.Web.Operations;

namespace WebHoster.Web.Start;

/// <summary>The API as a whole: spelling, documents, origins, sizes. What it can do is in the <c>…Api.cs</c> files.</summary>
public static class Api
{
    private const string Origins = "api";
    private const long MaxBody = 64 << 10;

    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(o => ApiJson.Apply(o.SerializerOptions));
        // Otherwise a bad body is a bare 400 outside Development; so ApiExceptionHandler can name the field.
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.AddExceptionHandler<ApiExceptionHandler>();
        services.AddProblemDetails();
        services.AddCors();
        services.AddSingleton<IConfigureOptions<CorsOptions>>(provider => new ConfigureOptions<CorsOptions>(options =>
            options.AddPolicy(Origins, policy => policy
                .WithOrigins(provider.GetRequiredService<IOptions<CorsSettings>>().Value.Origins)
                .AllowAnyMethod().WithHeaders("Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID")
                .WithExposedHeaders("Location", "Retry-After"))));
        services.AddOpenApi("v1", options => options.AddDocumentTransformer((document, _, _) => Describe(document)));
        return services;
    }

    public static void MapApi(this WebApplication app)
    {
        var api = app.MapGroup("/api/v1").RequireAuthorization(AccountRegistration.BearerOnly).RequireCors(Origins).DisableAntiforgery();
        api.MapAuthApi();
        api.MapHostingApi();
        api.MapOperationApi();
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
    }

    /// <summary>Under <c>/api</c> every failure is a problem and no body is large; elsewhere a page says what is wrong.</summary>
    public static void UseApiManners(this IApplicationBuilder app)
    {
        app.UseWhen(c => c.Request.Path.StartsWithSegments("/api"), api =>
        {
            api.UseStatusCodePages(c => Problem.WriteAsync(c.HttpContext, c.HttpContext.Response.StatusCode));
            api.Use((context, next) =>
            {
                if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
                    size.MaxRequestBodySize = MaxBody;
                return next(context);
            });
        });
        app.UseWhen(
            c => !c.Request.Path.StartsWithSegments("/api") && !c.Request.Path.StartsWithSegments("/hubs"),
            pages => pages.UseStatusCodePagesWithReExecute("/problem/{0}"));
    }

    private static Task Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "WebHoster API",
            Version = "v1",
            Description = "Create and run your hosting from scripts. Sign in with /auth/login and send the token as Authorization: Bearer ….",
        };
        // Relative: the document is the same wherever the portal stands.
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes["bearer"] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "The access_token of /auth/login.",
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", document)] = [] }];
        return Task.CompletedTask;
    }
}
