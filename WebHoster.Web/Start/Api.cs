using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;
using WebHoster.Infrastructure.Settings;
using WebHoster.Web.Account;
using WebHoster.Web.Admin;
using WebHoster.Web.Announcements;
using WebHoster.Web.Errors;
using WebHoster.Web.Files;
using WebHoster.Web.Hostings;
using WebHoster.Web.Idempotency;
using WebHoster.Web.Metrics;
using WebHoster.Web.Operations;

namespace WebHoster.Web.Start;

/// <summary>The API as a whole: spelling, documents, origins, sizes. What it can do is in the <c>…Api.cs</c> files.</summary>
public static class Api
{
    private const string Origins = "api";
    private const int MaxBody = 64 << 10;

    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(o => ApiJson.Apply(o.SerializerOptions));
        // Otherwise a bad body is a bare 400 outside Development; so ApiExceptionHandler can name the field.
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.AddSingleton<AcceptedAnswers>().AddSingleton<Replays>();
        services.AddExceptionHandler<ApiExceptionHandler>();
        services.AddProblemDetails();
        services.AddCors();
        services.AddSingleton<IConfigureOptions<CorsOptions>>(provider => new ConfigureOptions<CorsOptions>(options =>
            options.AddPolicy(Origins, policy => policy
                .WithOrigins(provider.GetRequiredService<IOptions<CorsSettings>>().Value.Origins)
                .AllowAnyMethod().WithHeaders("Authorization", "Content-Type", IdempotencyKey.Header, "Content-Range", "If-Match", "If-None-Match", "Last-Event-ID")
                .WithExposedHeaders("ETag", "Link", "Location", "Retry-After", IdempotencyKey.Replayed))));
        services.AddOpenApi("v1", ApiDocument.Configure);
        return services;
    }

    /// <summary>Whether scripts are answered here, not people: in problems, without redirects.</summary>
    public static bool Answers(PathString path) => path.StartsWithSegments("/api") || path.StartsWithSegments("/streams");

    public static void MapApi(this WebApplication app)
    {
        var api = app.MapGroup("/api/v1").RequireAuthorization(AccountRegistration.BearerOnly).RequireCors(Origins).DisableAntiforgery();
        api.MapAuthApi();
        api.MapAccountApi();
        api.MapTokenApi();
        api.MapHostingApi();
        api.MapFileApi();
        api.MapMetricsApi();
        api.MapOperationApi();
        api.MapSshKeyApi();
        api.MapAdminApi();
        api.MapAnnouncementApi();
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
    }

    /// <summary>Under <c>/api</c> every failure is a problem; elsewhere a page says what is wrong.</summary>
    public static void UseApiManners(this IApplicationBuilder app)
    {
        app.UseWhen(c => Answers(c.Request.Path), api =>
            api.UseStatusCodePages(c => Problem.WriteAsync(c.HttpContext, c.HttpContext.Response.StatusCode)));
        app.UseWhen(
            c => !Answers(c.Request.Path) && !c.Request.Path.StartsWithSegments("/hubs"),
            pages => pages.UseStatusCodePagesWithReExecute("/problem/{0}"));
    }

    /// <summary>Under <c>/api</c> bodies are small and in a charset that is known, unless an endpoint takes large ones. Comes after routing.</summary>
    public static void UseSmallBodies(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        var own = context.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>() is not null;
        if (own || !Answers(context.Request.Path))
            await next(context);
        else if (await IsTooLargeAsync(context.Request))
            await Problem.WriteAsync(context, StatusCodes.Status413PayloadTooLarge);
        else if (!Charset.TryTidy(context.Request))
            await Problem.WriteAsync(context, StatusCodes.Status415UnsupportedMediaType, "This charset is not known here. Send UTF-8.");
        else
            await next(context);
    });

    /// <summary>
    /// Below the server's own limit, which ends the connection: here it reads the rest away, and the caller gets to see the answer.
    /// A body that does not say its length is taken in first.
    /// </summary>
    private static async Task<bool> IsTooLargeAsync(HttpRequest request)
    {
        if (request.ContentLength is { } length)
            return length > MaxBody;
        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true })
            return false;
        var body = new byte[MaxBody + 1];
        var read = await request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
        request.Body = new MemoryStream(body, 0, read);
        return read > MaxBody;
    }
}
