using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace WebHoster.Web.Paging;

/// <summary>Tells the API's description what a query may hold, and what a list answers.</summary>
public static class PagingDescription
{
    public static RouteHandlerBuilder Pages<T, TItem>(this RouteHandlerBuilder endpoint, Collection<T> collection) => endpoint
        .Takes([.. collection.Parameters]).Produces<PagedEnvelope<TItem>>().ProducesProblem(StatusCodes.Status400BadRequest);

    /// <summary>Names parameters that the endpoint reads from the query itself.</summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder endpoint, params QueryParameter[] parameters) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters = [.. operation.Parameters ?? [], .. parameters.Select(Describe)];
            return Task.CompletedTask;
        });

    /// <summary>Names headers that the endpoint heeds.</summary>
    public static RouteHandlerBuilder Heeds(this RouteHandlerBuilder endpoint, params (string Name, string Description)[] headers) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters = [.. operation.Parameters ?? [], .. headers.Select(h => Describe(h.Name, ParameterLocation.Header, h.Description, new OpenApiSchema { Type = JsonSchemaType.String }))];
            return Task.CompletedTask;
        });

    private static OpenApiParameter Describe(QueryParameter parameter)
    {
        var schema = SchemaOf(parameter.Type);
        schema.Enum = parameter.Values.Count == 0 ? null : [.. parameter.Values.Select(v => (JsonNode)v)];
        return Describe(parameter.Name, ParameterLocation.Query, parameter.Description, schema);
    }

    private static OpenApiParameter Describe(string name, ParameterLocation place, string description, OpenApiSchema schema) =>
        new() { Name = name, In = place, Description = description, Schema = schema };

    private static OpenApiSchema SchemaOf(Type? type) => type switch
    {
        not null when type == typeof(int) => new() { Type = JsonSchemaType.Integer, Format = "int32" },
        not null when type == typeof(long) => new() { Type = JsonSchemaType.Integer, Format = "int64" },
        not null when type == typeof(bool) => new() { Type = JsonSchemaType.Boolean },
        not null when type == typeof(Guid) => new() { Type = JsonSchemaType.String, Format = "uuid" },
        not null when type == typeof(DateTimeOffset) => new() { Type = JsonSchemaType.String, Format = "date-time" },
        _ => new() { Type = JsonSchemaType.String },
    };
}
