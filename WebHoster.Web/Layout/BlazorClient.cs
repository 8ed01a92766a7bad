using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace WebHoster.Web.Layout;

/// <summary>
/// Serves <c>_framework/blazor.web.js</c>. In .NET 10 it comes with a package that our package source does not have
/// (Microsoft.AspNetCore.App.Internal.Assets), so Microsoft's own file of .NET 9 is read out of the assembly that carries
/// it as a resource; the protocol of the circuit is the same. Delete this file, and its lines in the project file, the day
/// the package can be restored. The decision is in docs/decisions.
/// </summary>
public static class BlazorClient
{
    private const string Carrier = "blazor-client/Microsoft.AspNetCore.Components.Endpoints.dll";
    private const string Name = "blazor.web.js";

    public static void MapBlazorClient(this IEndpointRouteBuilder app)
    {
        var script = Read(Path.Combine(AppContext.BaseDirectory, Carrier));
        var packed = Pack(script);
        var (tag, packedTag) = (TagOf(script), TagOf(packed));
        app.MapGet($"/_framework/{Name}", (HttpContext context) =>
        {
            var headers = context.Response.Headers;
            (headers.CacheControl, headers.Vary) = ("no-cache", HeaderNames.AcceptEncoding);
            var packs = context.Request.GetTypedHeaders().AcceptEncoding.Any(e => e.Value == "gzip" && e.Quality is not 0);
            if (packs)
                headers.ContentEncoding = "gzip";
            return Results.Bytes(packs ? packed : script, "text/javascript; charset=utf-8", entityTag: packs ? packedTag : tag);
        }).AllowAnonymous().ExcludeFromDescription();
    }

    private static EntityTagHeaderValue TagOf(byte[] content) => new($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\"");

    private static byte[] Pack(byte[] script)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
            gzip.Write(script);
        return packed.ToArray();
    }

    private static byte[] Read(string file)
    {
        using var pe = new PEReader(File.OpenRead(file));
        var metadata = pe.GetMetadataReader();
        var resource = metadata.ManifestResources.Select(metadata.GetManifestResource)
            .Single(r => metadata.GetString(r.Name).EndsWith(Name, StringComparison.Ordinal));
        var start = pe.PEHeaders.CorHeader!.ResourcesDirectory.RelativeVirtualAddress;
        var reader = pe.GetSectionData(start).GetReader((int)resource.Offset, sizeof(int));
        return [.. pe.GetSectionData(start).GetContent((int)resource.Offset + sizeof(int), reader.ReadInt32())];
    }
}
