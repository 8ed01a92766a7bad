using WebHoster.Core.Errors;
using WebHoster.Core.Files;
using WebHoster.Infrastructure.Sftp;

namespace WebHoster.Infrastructure.Files;

/// <summary>What an SFTP server's refusals mean to a person.</summary>
internal static class SftpWords
{
    /// <param name="path">What it was about.</param>
    public static async Task<T> ExplainAsync<T>(string path, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (SftpException e)
        {
            throw Explain(path, e);
        }
        catch (InvalidDataException e)
        {
            throw new HostException("The machine's SFTP server answers with something else.", e.Message, e);
        }
    }

    public static Task ExplainAsync(string path, Func<Task> work) => ExplainAsync(path, async () =>
    {
        await work();
        return true;
    });

    private static DomainException Explain(string path, SftpException e) => e.Status switch
    {
        SftpStatus.NoSuchFile => new NotFoundException($"There is no “{GuestPath.NameOf(path)}” any more."),
        SftpStatus.PermissionDenied => new ConflictException($"The machine does not allow this: “{GuestPath.NameOf(path)}” belongs to another of its users."),
        _ => new ConflictException($"The machine could not do this with “{GuestPath.NameOf(path)}”. Its disk may be full."),
    };
}
