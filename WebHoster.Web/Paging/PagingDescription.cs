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

    private static OpenApiParameter Describe(QueryParameter parameter) => new()
    {
        Name = parameter.Name,
        In = ParameterLocation.Query,
        Description = parameter.Description,
        Schema = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Enum = parameter.Values.Count == 0 ? null : [.. parameter.Values.Select(v => (JsonNode)v)],
        },
    };
}
