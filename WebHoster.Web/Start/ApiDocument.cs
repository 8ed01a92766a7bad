using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using WebHoster.Infrastructure.Data;
using WebHoster.Web.Errors;
using WebHoster.Web.Idempotency;

namespace WebHoster.Web.Start;

/// <summary>
/// The description of the API for tools, made from the endpoints: what they declare, with examples of every body and answer
/// (<see cref="ApiExamples"/>), and with the failures that all of a kind have in common.
/// </summary>
public static partial class ApiDocument
{
    private const string Bearer = "bearer";

    private static readonly (string Name, string Description)[] Tags =
    [
        ("auth", "Registering, signing in, and who you are."),
        ("account", "What is kept about you, and its deletion."),
        ("tokens", "Tokens for scripts: named, scoped, revocable."),
        ("host", "Your first hosting."),
        ("hostings", "All of your hostings."),
        ("files", "What is in a hosting's web root and home, while it runs."),
        ("operations", "What you asked for, and how it goes."),
        ("ssh-keys", "Who may log in to your machines."),
        ("announcements", "What the people who run this host tell everybody."),
        ("admin", "For administrators: people, plans, everybody's hostings and operations, settings, announcements, the host, the audit log."),
    ];

    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer(DescribeAsync);
        options.AddOperationTransformer(DescribeAsync);
        options.AddSchemaTransformer(DescribeAsync);
    }

    private static async Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        document.Info = new OpenApiInfo
        {
            Title = "WebHoster API",
            Version = "v1",
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
            Description = "Create and run your hosting from scripts. Sign in with /auth/login, or make a token, and send it as Authorization: Bearer …. "
                + "Every failure is a problem (RFC 9457) with a sentence for people in message.",
        };
        // Relative: the document is the same wherever the portal stands.
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "The access_token of /auth/login, or a token of /tokens.",
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
        document.Tags = new HashSet<OpenApiTag>(Tags.Select(t => new OpenApiTag { Name = t.Name, Description = t.Description }));
        document.AddComponent(nameof(Problem), await context.GetOrCreateSchemaAsync(typeof(Problem), null, ct));
        // What the framework's own declarations of failures left behind: all of them are our Problem.
        document.Components.Schemas?.Remove("ProblemDetails");
    }

    // What is left out where it is null is not required, and of what is sent only what says so: a null there is told as the caller's mistake
    // by the endpoint itself. That an enum may be null is said where it is used: of null and it, exactly one.
    private static Task DescribeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken ct)
    {
        foreach (var property in context.JsonTypeInfo.Properties)
        {
            if (property.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), true) is [JsonIgnoreAttribute { Condition: JsonIgnoreCondition.WhenWritingNull }])
                schema.Required?.Remove(property.Name);
        }
        if (context.JsonTypeInfo.Type.Name.EndsWith("Request", StringComparison.Ordinal))
        {
            schema.Required = context.JsonTypeInfo.Properties.Where(IsRequired).Select(p => p.Name).ToHashSet();
            foreach (var name in schema.Required)
                (schema.Properties?[name] as OpenApiSchema)?.Type &= ~JsonSchemaType.Null;
        }
        if (schema.Enum is { } values)
            schema.Enum = [.. values.Where(v => v is not null && !v.IsJsonNullSentinel())];
        return Task.CompletedTask;
    }

    private static bool IsRequired(JsonPropertyInfo property) => property.AttributeProvider?.IsDefined(typeof(RequiredAttribute), true) == true;

    private static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var open = metadata.OfType<IAllowAnonymous>().Any();
        if (open)
            operation.Security = [];
        else
        {
            AddProblem(operation, StatusCodes.Status401Unauthorized);
            AddProblem(operation, StatusCodes.Status403Forbidden);
        }

        if (operation.RequestBody?.Content is { } body)
        {
            AddProblem(operation, StatusCodes.Status400BadRequest);
            AddProblem(operation, StatusCodes.Status413PayloadTooLarge);
            AddProblem(operation, StatusCodes.Status415UnsupportedMediaType);
            var type = metadata.OfType<IAcceptsMetadata>().LastOrDefault()?.RequestType
                ?? context.Description.ParameterDescriptions.FirstOrDefault(p => p.Source.Id == "Body")?.Type;
            foreach (var media in body.Values)
                media.Example = ApiExamples.Find(type);
        }

        if (IdempotencyKey.IsHeeded(context.Description.HttpMethod, $"/{context.Description.RelativePath}"))
            AddIdempotencyKey(operation);
        foreach (var (code, response) in operation.Responses ?? [])
            Complete(response, int.Parse(code), context);
        return Task.CompletedTask;
    }

    private static void AddIdempotencyKey(OpenApiOperation operation)
    {
        AddProblem(operation, StatusCodes.Status400BadRequest);
        AddProblem(operation, StatusCodes.Status422UnprocessableEntity);
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = IdempotencyKey.Header,
            In = ParameterLocation.Header,
            Description = "Any name of yours for this request: asked again within a day, the first answer is repeated and nothing is done twice.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = IdempotencyRecord.MaxKeyLength },
        });
    }

    private static void AddProblem(OpenApiOperation operation, int status)
    {
        operation.Responses ??= [];
        operation.Responses.TryAdd(status.ToString(), new OpenApiResponse
        {
            Content = new Dictionary<string, OpenApiMediaType> { [Problem.ContentType] = new() },
        });
    }

    private static void Complete(IOpenApiResponse response, int status, OpenApiOperationTransformerContext context)
    {
        if (status >= StatusCodes.Status400BadRequest)
            response.Description = Problem.Plain(status);
        foreach (var (type, media) in response.Content ?? new Dictionary<string, OpenApiMediaType>())
        {
            if (type == Problem.ContentType)
            {
                media.Schema = new OpenApiSchemaReference(nameof(Problem), context.Document);
                media.Example = ApiExamples.Of(Problem.Of($"/{RouteConstraint().Replace(context.Description.RelativePath ?? "", "")}", status));
            }
            else
            {
                media.Example = ApiExamples.Find(context.Description.SupportedResponseTypes.FirstOrDefault(r => r.StatusCode == status)?.Type);
            }
        }
    }

    // {id:guid}, as the paths of the description do not spell it.
    [GeneratedRegex(":\\w+(?=\\})")]
    private static partial Regex RouteConstraint();
}
