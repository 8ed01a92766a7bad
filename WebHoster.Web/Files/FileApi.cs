using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using WebHoster.Core.Files;
using WebHoster.Infrastructure.Files;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;
using WebHoster.Web.Paging;
using WebHoster.Web.Streams;

namespace WebHoster.Web.Files;

/// <summary><c>/api/v1/hostings/{id}/files</c>: what is in a hosting's web root and home, through its machine.</summary>
public static class FileApi
{
    private const string Content = "application/octet-stream";

    public static void MapFileApi(this IEndpointRouteBuilder api) =>
        Map(api.MapGroup("/hostings/{id:guid}/files").WithTags("files").ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status503ServiceUnavailable), "");

    /// <summary>The same calls for pages, which have a cookie instead of a token.</summary>
    /// <param name="suffix">Of the endpoints' names, which must differ from the API's.</param>
    public static void Map(RouteGroupBuilder files, string suffix)
    {
        files.MapGet("", ListAsync).WithName("listFiles" + suffix).WithSummary("What is in a folder, by ?path=: the web root where it says none")
            .Produces<Envelope<FolderResource>>();
        files.MapDelete("", DeleteAsync).WithName("deleteFile" + suffix).WithSummary("Delete a file, or with ?recursive=true a folder and everything in it")
            .Produces<Envelope<RemovalResource>>();
        files.MapGet("/content", DownloadAsync).WithName("downloadFile" + suffix).WithSummary("A file's content; ranges are served")
            .Heeds(
                ("Range", "Such as bytes=0-1023: 206, or 416 where the file has no such bytes."), ("If-None-Match", "A tag that is known: 304 where the file has it still."),
                ("If-Match", "The tag of the file that is meant: 412 where it is another one by now."))
            .Produces(StatusCodes.Status200OK, contentType: Content).Produces(StatusCodes.Status206PartialContent, contentType: Content)
            .Produces(StatusCodes.Status304NotModified).ProducesProblem(StatusCodes.Status412PreconditionFailed).ProducesProblem(StatusCodes.Status416RangeNotSatisfiable);
        files.MapPut("/content", FileUpload.PutAsync).WithName("uploadFile" + suffix).WithSummary("Upload a file, whole or in pieces by Content-Range")
            .WithDescription(FileUpload.Description).AddOpenApiOperationTransformer(DescribeBody)
            .Heeds(
                ("Content-Range", "bytes FIRST-LAST/SIZE, of a piece."), ("If-None-Match", "*: only where there is no file yet."),
                ("If-Match", "The tag of the file that is replaced, and no other."))
            .Produces<Envelope<UploadResource>>().ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .WithMetadata(new RequestSizeLimitAttribute(FileUpload.MaxBytes));
        files.MapGet("/upload", FileUpload.GetAsync).WithName("getUpload" + suffix).WithSummary("How much of an upload has arrived")
            .Produces<Envelope<UploadResource>>();
        files.MapDelete("/upload", FileUpload.AbandonAsync).WithName("abandonUpload" + suffix).WithSummary("Give an upload up")
            .Produces<Envelope<UploadResource>>();
        files.MapPost("/rename", RenameAsync).WithName("renameFile" + suffix).WithSummary("Rename or move a file or folder")
            .Produces<Envelope<FileResource>>();
        files.MapPost("/folders", MakeFolderAsync).WithName("makeFolder" + suffix).WithSummary("Make a folder")
            .Produces<Envelope<FileResource>>(StatusCodes.Status201Created);
    }

    // Not by Accepts, which would refuse what a browser says of its own file.
    private static Task DescribeBody(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "The file, or a piece of it.",
            Content = new Dictionary<string, OpenApiMediaType> { [Content] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } } },
        };
        return Task.CompletedTask;
    }

    private static async Task<IResult> ListAsync(Guid id, string? path, HttpContext context, FileSessions sessions)
    {
        var files = await OpenAsync(sessions, context, id);
        var content = await files.ListAsync(path ?? GuestPath.WebRoot, context.RequestAborted);
        return Results.Ok(Envelope.Of(new FolderResource(content.Path, files.Roots, [.. content.Files.Select(FileResource.Of)], content.Cut)));
    }

    private static async Task<IResult> DownloadAsync(Guid id, string path, HttpContext context, FileSessions sessions, CallerWatch watch)
    {
        watch.BreakOffWhenUnwelcome(context);
        var files = await OpenAsync(sessions, context, id);
        var file = await files.StatAsync(path, context.RequestAborted);
        // Never shown by the portal's origin, whatever is in it.
        return Results.Stream(
            await files.OpenAsync(file, context.RequestAborted), Content, file.Name, file.ModifiedAt,
            new EntityTagHeaderValue($"\"{file.Tag}\""), enableRangeProcessing: true);
    }

    private static async Task<IResult> DeleteAsync(Guid id, string path, bool? recursive, HttpContext context, FileSessions sessions)
    {
        var files = await OpenAsync(sessions, context, id);
        return Results.Ok(Envelope.Of(new RemovalResource(await files.DeleteAsync(path, recursive == true, context.RequestAborted))));
    }

    private static async Task<IResult> RenameAsync(Guid id, RenameRequest body, HttpContext context, FileSessions sessions)
    {
        var (from, to) = (GuestPath.Clean(body.From, "from"), GuestPath.Clean(body.To, "to"));
        var files = await OpenAsync(sessions, context, id);
        return Results.Ok(Envelope.Of(FileResource.Of(await files.RenameAsync(from, to, context.RequestAborted))));
    }

    private static async Task<IResult> MakeFolderAsync(Guid id, MakeFolderRequest body, HttpContext context, FileSessions sessions)
    {
        var path = GuestPath.Clean(body.Path);
        var opened = await OpenAsync(sessions, context, id);
        var made = FileResource.Of(await opened.MakeFolderAsync(path, context.RequestAborted));
        var files = context.Request.Path.ToUriComponent()[..^"/folders".Length];
        context.Response.Headers.Location = files + QueryString.Create("path", made.Path);
        return Results.Json(Envelope.Of(made), statusCode: StatusCodes.Status201Created);
    }

    private static Task<GuestFiles> OpenAsync(FileSessions sessions, HttpContext context, Guid id) =>
        sessions.OpenAsync(context.User.UserId(), id, context.From(), context.RequestAborted);
}
