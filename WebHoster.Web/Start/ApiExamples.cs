using System.Text.Json;
using System.Text.Json.Nodes;
using WebHoster.Core.Accounts;
using WebHoster.Core.Alerts;
using WebHoster.Core.Announcements;
using WebHoster.Core.Drift;
using WebHoster.Core.Hostings;
using WebHoster.Core.Jobs;
using WebHoster.Core.Metrics;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Desk;
using WebHoster.Infrastructure.Files;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Infrastructure.Slots;
using WebHoster.Web.Account;
using WebHoster.Web.Admin;
using WebHoster.Web.Alerts;
using WebHoster.Web.Announcements;
using WebHoster.Web.Drift;
using WebHoster.Web.Errors;
using WebHoster.Web.Files;
using WebHoster.Web.Hostings;
using WebHoster.Web.Jobs;
using WebHoster.Web.Metrics;
using WebHoster.Web.Operations;
using WebHoster.Web.Paging;

namespace WebHoster.Web.Start;

/// <summary>One example of each thing that the API takes or gives, for its description.</summary>
public static class ApiExamples
{
    private const string PublicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDzM7KTcVLvgHMHAXELGZ4Wxl1HqoGxkQqGLh8Yc2yq7 ada@laptop";
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Guid HostingId = Id(1), OperationId = Id(2), UserId = Id(3);

    private static readonly HostingResource Hosting = new(
        HostingId, "ada", "http://localhost/ada/", HostingStatus.Running, HostingHealth.Healthy, HostingId, "10.86.0.16",
        "localhost", 10000, "ssh -p 10000 ubuntu@localhost", At, OperationId, KeysPending: false,
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFSzyqIcZaS3tgJmEvvqWTF8pWPkXXHn8nEbPv5iGhJT");

    private static readonly OperationResource Operation = new(
        OperationId, OperationKind.Create, OperationStatus.Running, 42,
        [new StepResource(StepName.CreateDisk, StepStatus.Done, At, At.AddSeconds(1)), new StepResource(StepName.StartMachine, StepStatus.Running, At.AddSeconds(1), null)],
        null, HostingId, At, null);

    private static readonly TokenResource Token = new(
        Id(5), "deploy", [TokenScope.Read, TokenScope.Hosting], "wh_0123", At, At.AddDays(90), At.AddDays(1));

    private static readonly FileResource File = new("index.html", "/var/www/html/index.html", FileKind.File, 1280, At, "6957d6a5-500");

    private static readonly JobRunResource Run = new("host:1234", At, At.AddSeconds(1), JobOutcome.Succeeded, "Nothing differs.", null, null);

    private static readonly JobResource Job = new("sweep-host", 60, "waiting", At, At.AddMinutes(1), null, Run);

    private static readonly DriftRunResource Look = new(12, At, At, At.AddSeconds(1), "host:1234", 1, 2, 0, null);

    private static readonly TargetResource Target = new(Id(9), TargetKind.Webhook, "on-call", "https://example.org/webhoster", At, null);

    private static readonly Dictionary<Type, object> Known = new object[]
    {
        new RegisterRequest("ada@example.org", "ada", "four words in a row"),
        new LoginRequest(null, "ada", "four words in a row", null),
        new PasswordGrantRequest("password", "ada", "four words in a row", null),
        new AccessToken("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl", "bearer", 86400),
        new UserResource(UserId, "ada@example.org", "ada", [Roles.Admin], At),
        new CreateTokenRequest("deploy", ["read", "hosting"], null, 90),
        Token,
        new NewTokenResource(Token, "wh_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"),
        new CreateHostingRequest(PublicKey),
        new AddHostingRequest("ada-blog", PublicKey),
        new RebuildRequest("ada"),
        Hosting,
        Operation,
        new MetricsResource(MetricRange.Hour, At, At.AddHours(1), 20, [new MetricPointResource(At, 12.5, 201326592, 1006632960, 314572800, 0, 20480, 1536, 8192)]),
        File,
        new FolderResource("/var/www/html", ["/var/www/html", "/home/ubuntu"], [File], Cut: false),
        new UploadResource(Id(6), 1280, File),
        new MakeFolderRequest("/var/www/html/images"),
        new RenameRequest("/var/www/html/index.html", "/var/www/html/old.html"),
        new RemovalResource(3),
        new AddSshKeyRequest("laptop", PublicKey),
        new SshKeyResource(Id(4), "laptop", "ssh-ed25519", "SHA256:Sfs3yrQYYSTyjVMyKbcGUTzYGUQo0Fh8HbTmPqpnJxk", PublicKey, null, At),
        new AdminUserResource { Id = UserId, Email = "ada@example.org", Username = "ada", Plan = Plan.Standard, Hostings = 1, CreatedAt = At },
        new UserPlanRequest(Plan.Standard),
        new NewPersonRequest("ada@example.org", "ada"),
        new NewPerson(
            new AdminUserResource { Id = UserId, Email = "ada@example.org", Username = "ada", EmailConfirmed = true, Plan = Plan.Standard, CreatedAt = At },
            "http://localhost:8080/reset?token=CfDJ8Example", At.AddDays(1)),
        new DeletePersonRequest("ada"),
        new ResetLink("http://localhost:8080/reset?token=CfDJ8Example", At.AddDays(1)),
        new DeleteAccountRequest("four words in a row", "ada"),
        new LeavingResource("ada", 1),
        new PersonalRecord(
            new PersonalAccount(UserId, "ada", "ada@example.org", true, At, At.AddHours(1), Plan.Standard, false, true),
            [new PersonalSession(SignInMethod.Code, "Mozilla/5.0", "192.0.2.7", At, At.AddHours(1))], [new PersonalThing("Laptop", At)],
            [new PersonalKey("laptop", "SHA256:Sfs3yrQYYSTyjVMyKbcGUTzYGUQo0Fh8HbTmPqpnJxk", PublicKey, At)],
            [new PersonalToken("deploy", [TokenScope.Read], "wh_0123", At, null, null)], [new PersonalHosting(HostingId, "ada", "running", 1024, 1, 10, At)],
            [new PersonalOperation(OperationId, OperationKind.Create, OperationStatus.Succeeded, "ada", PublicKey, null, At, At.AddMinutes(1))],
            [new PersonalAct(At, "hosting.create", "ada", "accepted", "192.0.2.7")]),
        new AuditResource(7, At, new ActorResource(UserId, "ada"), "hosting.create", "ada", "accepted", "192.0.2.7"),
        new PlanRequest("studio", 2048, 2, 20, 3),
        new PlanResource("studio", 2048, 2, 20, 3),
        new AdminHostingResource(Hosting, new OwnerResource(UserId, "ada")),
        new AdminOperationResource(Operation, "ada", null, new OwnerResource(UserId, "ada")),
        new Capacity(new SlotCounts(10001, 2, 1, 0, 9998), new ReservedResources(2, 2048, 2, 20), new HostResources(16384, 9000, 8, 1.5, 500, 400)),
        new SettingRequest(JsonSerializer.SerializeToElement(120)),
        new SettingResource("auth_per_minute", JsonSerializer.SerializeToElement(120), JsonSerializer.SerializeToElement(60), At, "owner"),
        new AnnouncementRequest("The host restarts on Sunday at 03:00 UTC.", "일요일 03:00 UTC에 호스트를 다시 시작합니다.", AnnouncementLevel.Warning, At, At.AddDays(2), true),
        new AnnouncementResource(Id(7), AnnouncementLevel.Warning, "The host restarts on Sunday at 03:00 UTC.", "일요일 03:00 UTC에 호스트를 다시 시작합니다.", At, At.AddDays(2), true),
        new OverviewResource(
            [new AttentionResource(AttentionKind.HostingUnhealthy, 1, [new AttentionItem("ada", "no_http", null, HostingId)])],
            [new DayCount(OperationKind.Create, 4, 1, 0, 1)]),
        new JobsResource(new JobCounts(1, 2, 0, 40, 3, 1), [Job], [new WorkerResource("host:1234", "host", "1.0.0", WorkerState.Alive, At, At.AddMinutes(5), 2, 4)]),
        Job,
        Run,
        new ThroughputResource(MetricRange.Hour, At, At.AddHours(1), 60, [new ThroughputPoint(At, 2, 0, 4, 0)]),
        new LogLineResource(7, At, StepName.CreateDisk, "SSH answers."),
        Look,
        new DriftResource(Look, UnderWay: false, 1, 1),
        new RepairsResource(1),
        new FindingResource(
            Id(7), "seed-missing", "ada", "The machine's first settings are gone.", "Write them again: fsck --repair.", true, At, At.AddMinutes(1), 2, null, null,
            [new RepairResource(RepairStatus.Running, "owner", At.AddMinutes(1), null, null)]),
        new AlertResource(Id(8), AlertKind.OperationFailed, $"{OperationId}", "The create of ada failed. The host's disk is full.", At, null, null),
        new TargetRequest("webhook", "on-call", "https://example.org/webhoster"),
        Target,
        new NewTargetResource(Target, "whsec_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
        new DeliveryResource(Id(10), Id(8), AlertEvent.Opened, "on-call", DeliveryStatus.Delivered, 1, At, At.AddSeconds(1), null, At.AddSeconds(1), null),
    }.ToDictionary(e => e.GetType());

    /// <summary>Null where there is none.</summary>
    public static JsonNode? Find(Type? type)
    {
        if (type is null)
            return null;
        if (Known.TryGetValue(type, out var example))
            return Of(example);
        if (!type.IsGenericType)
            return null;
        var inner = Find(type.GetGenericArguments()[0]);
        var definition = type.GetGenericTypeDefinition();
        if (definition == typeof(Envelope<>))
            return new JsonObject { ["success"] = true, ["message"] = "OK", ["data"] = inner };
        if (definition == typeof(PagedEnvelope<>))
        {
            return new JsonObject
            {
                ["success"] = true,
                ["message"] = "OK",
                ["data"] = new JsonArray(inner),
                ["page"] = Of(new PageInfo(Collection<object>.DefaultLimit, null)),
            };
        }
        return inner is null ? null : new JsonArray(inner);
    }

    public static JsonNode? Of(object example) => JsonSerializer.SerializeToNode(example, example.GetType(), ApiJson.Options);

    private static Guid Id(int number) => new($"0191f0c0-0000-7000-8000-{number:d12}");
}
