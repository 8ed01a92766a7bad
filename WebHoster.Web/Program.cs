using WebHoster.Infrastructure;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Web.Commands;

if (args is not ["serve", ..])
    return await Commands.TryRunAsync(args) ?? 64;
var worker = Host.CreateApplicationBuilder();
worker.Services.AddWebHosterCore(worker.Configuration);
worker.Services.AddWebHosterWorker(worker.Configuration);
using var host = worker.Build();
await host.RunAsync();
return 0;
