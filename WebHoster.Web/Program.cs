using WebHoster.Infrastructure;
using WebHoster.Infrastructure.Alerts;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Infrastructure.Telemetry;
using WebHoster.Web.Account;
using WebHoster.Web.Acting;
using WebHoster.Web.Admin;
using WebHoster.Web.Announcements;
using WebHoster.Web.Commands;
using WebHoster.Web.Hostings;
using WebHoster.Web.Idempotency;
using WebHoster.Web.Languages;
using WebHoster.Web.Layout;
using WebHoster.Web.Start;
using WebHoster.Web.Streams;
using WebHoster.Web.Telemetry;

if (args is not ["serve", ..])
    return await StartUp.GuardAsync(() => Commands.TryRunAsync(args)) ?? StartUp.Usage();

return await StartUp.GuardAsync(async () =>
{
    var role = StartUp.RoleOf(args);
    if (role == Role.Worker)
    {
        var worker = Host.CreateApplicationBuilder();
        worker.Configuration.AddFamiliarNames();
        worker.Logging.AddWebHosterLogs(worker.Configuration, "worker");
        worker.Services.AddWebHosterTelemetry(worker.Configuration, "worker");
        worker.Services.AddWebHosterCore(worker.Configuration);
        worker.Services.AddWebHosterWorker(worker.Configuration);
        worker.Services.AddAlerts();
        using var host = worker.Build();
        Production.RequireOfWorker(host.Services);
        await host.PrepareAsync();
        await host.RunAsync();
        return 0;
    }

    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
    builder.Configuration.AddFamiliarNames();
    if (role == Role.Web)
        builder.Configuration.TakeWebConnection();
    builder.Logging.AddWebHosterLogs(builder.Configuration, "web");
    builder.AddPortalListener();
    builder.Services.AddWebHosterTelemetry(builder.Configuration, role == Role.All ? "all" : "web");
    builder.Services.AddWebTelemetry();
    builder.Services.AddWebHosterCore(builder.Configuration);
    builder.Services.AddAlerts();
    builder.Services.AddAccounts(builder.Configuration);
    builder.Services.AddActing();
    builder.Services.AddDesk();
    builder.Services.AddApi();
    builder.Services.AddLanguages();
    builder.Services.AddPages();
    builder.Services.AddHostingHub();
    builder.Services.AddSingleton<CallerWatch>();
    builder.Services.AddWebHosterHealth();
    builder.Services.AddWebHosterRateLimits();
    builder.Services.AddTrustedProxies(builder.Configuration);
    if (role == Role.All)
        builder.Services.AddWebHosterWorker(builder.Configuration);

    await using var app = builder.Build();
    app.Services.GetRequiredService<SigningKeys>(); // a bad key is told now, not at the first sign-in
    Production.Require(app.Services);
    await app.PrepareAsync();

    app.UseTrustedProxies();
    app.UseMiddleware<RequestFigures>();
    app.UseBrowserSafety();
    app.UseMiddleware<RequestLog>();
    app.UseLanguages();
    app.UseErrorPage();
    app.UseApiManners();
    app.UseErrorPagesByGet();
    app.UseRouting();
    app.UseCors();
    app.UseSmallBodies();
    app.UseAuthentication();
    app.UseAuthorization();
    app.UseActing();
    app.UseRateLimiter();
    app.UseMiddleware<IdempotentPosts>();
    app.UseAntiforgery();
    app.UseWebSockets();
    app.UseSwaggerUI(o => o.DescribeApi());

    app.MapHealth();
    app.MapMetrics();
    app.MapApi();
    app.MapSignOut();
    app.MapPasskeys();
    app.MapPersonalData();
    app.MapActing();
    app.MapLanguage();
    app.MapAnnouncementBar();
    app.MapDismissals();
    app.MapHostingHub();
    app.MapStreams();
    app.MapPages();
    await app.RunAsync();
    return 0;
}) ?? 0;
