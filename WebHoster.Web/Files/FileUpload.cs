using System.Net.Http.Headers;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Files;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;
using WebHoster.Web.Streams;

namespace WebHoster.Web.Files;

/// <summary>Uploads: a file is in its place when it is whole, and not before.</summary>
public static class FileUpload
{
    /// <summary>Of one request. The machine's disk is full before.</summary>
    public const long MaxBytes = 64L << 30;

    public const string Description =
        "The body is the file. To be able to go on after a break, name the upload by a UUID of yours in ?upload=; then ask how much has arrived and send "
        + "the rest with Content-Range: bytes FIRST-LAST/SIZE, in as many requests as you like. If-None-Match: * replaces nothing; If-Match replaces only "
        + "the file with that tag. A part that nobody goes on with is removed after a day.";

    public static async Task<IResult> PutAsync(Guid id, string path, Guid? upload, HttpContext context, FileSessions sessions, CallerWatch watch)
    {
        watch.BreakOffWhenUnwelcome(context);
        var request = context.Request;
        var range = RangeOf(request);
        if (range is not null && upload is null)
            throw new InvalidInputException("upload", "A piece of a file needs ?upload=, a UUID of yours that all its pieces have in common.");
        var file = await OpenAsync(sessions, context, id, path, upload ?? Guid.NewGuid());
        var expected = ExpectedOf(request);
        await file.CheckAsync(expected, context.RequestAborted);
        try
        {
            var received = await file.AddAsync(request.Body, range?.From ?? 0, context.RequestAborted);
            if (range is { To: { } last } && received != last + 1)
                throw new InvalidInputException("content_range", "The body is not as long as Content-Range says.");
            var whole = range?.Length is null ? range is null : received == range.Length;
            var done = whole ? await file.FinishAsync(received, expected, context.RequestAborted) : null;
            return Answer(upload, received, done);
        }
        catch when (upload is null)
        {
            // Nobody can name it to go on with it.
            await TryAbandonAsync(file);
            throw;
        }
    }

    public static async Task<IResult> GetAsync(Guid id, string path, Guid upload, HttpContext context, FileSessions sessions)
    {
        var file = await OpenAsync(sessions, context, id, path, upload);
        return Answer(upload, await file.ReceivedAsync(context.RequestAborted), null);
    }

    public static async Task<IResult> AbandonAsync(Guid id, string path, Guid upload, HttpContext context, FileSessions sessions)
    {
        await (await OpenAsync(sessions, context, id, path, upload)).AbandonAsync(context.RequestAborted);
        return Answer(upload, 0, null);
    }

    private static async Task<Upload> OpenAsync(FileSessions sessions, HttpContext context, Guid id, string path, Guid upload) =>
        await (await sessions.OpenAsync(context.User.UserId(), id, context.From(), context.RequestAborted)).UploadAsync(path, upload, context.RequestAborted);

    private static IResult Answer(Guid? upload, long received, GuestFile? file) =>
        Results.Ok(Envelope.Of(new UploadResource(upload, received, file is null ? null : FileResource.Of(file))));

    private static ContentRangeHeaderValue? RangeOf(HttpRequest request)
    {
        if (request.Headers.ContentRange is not [{ } text])
            return null;
        return ContentRangeHeaderValue.TryParse(text, out var range) && range is { Unit: "bytes", HasRange: true, HasLength: true }
            ? range : throw new InvalidInputException("content_range", "Content-Range is like this: bytes 0-8388607/1073741824.");
    }

    private static string? ExpectedOf(HttpRequest request) =>
        request.Headers.IfNoneMatch is ["*"] ? null : request.Headers.IfMatch is [{ } tag] ? tag.Trim('"') : "*";

    private static async Task TryAbandonAsync(Upload file)
    {
        try
        {
            await file.AbandonAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is HostException or Infrastructure.Sftp.SftpException)
        {
            // The machine is gone as well; what is left of the part goes when its folder is looked at after a day.
        }
    }
}
