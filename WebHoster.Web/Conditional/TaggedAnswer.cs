using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Conditional;

/// <summary>A JSON answer with a strong <c>ETag</c> over its bytes: a caller who has them already gets 304.</summary>
public sealed class TaggedAnswer
{
    private const string ContentType = "application/json; charset=utf-8";

    private readonly byte[] _json;

    private TaggedAnswer(byte[] json)
    {
        _json = json;
        Tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, 16))}\"");
    }

    public EntityTagHeaderValue Tag { get; }

    public static TaggedAnswer Of<T>(T answer) => new(JsonSerializer.SerializeToUtf8Bytes(answer, ApiJson.Options));

    /// <summary>True where the request says <c>If-None-Match</c> with this tag. A proxy that compresses makes it a weak one, which means the same here.</summary>
    public bool IsKnownTo(HttpRequest request) => request.GetTypedHeaders().IfNoneMatch
        .Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(Tag, useStrongComparison: false));

    public IResult Result(HttpContext context)
    {
        context.Response.GetTypedHeaders().ETag = Tag;
        context.Response.Headers.CacheControl = "private, no-cache";
        return IsKnownTo(context.Request) ? Results.StatusCode(StatusCodes.Status304NotModified) : Results.Bytes(_json, ContentType);
    }
}
