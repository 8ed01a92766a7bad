namespace WebHoster.Core.Errors;

/// <summary>Something a caller asked for cannot be done. The message is for people: what failed, why, what to do.</summary>
public abstract class DomainException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The object does not exist, or belongs to somebody else: the two are never told apart.</summary>
public sealed class NotFoundException(string message) : DomainException(message);

/// <summary>The request is well formed, but the present state forbids it.</summary>
public sealed class ConflictException(string message) : DomainException(message);

/// <summary>What the caller knew of the object is no longer so: look again, then decide.</summary>
public sealed class PreconditionException(string message) : DomainException(message);

/// <summary>It is not open to whoever asks.</summary>
public sealed class ForbiddenException(string message) : DomainException(message);

/// <summary>The host has no room left for what was asked (slots, memory, disk).</summary>
public sealed class CapacityException(string message) : DomainException(message);

/// <summary>The same thing was tried too often just now.</summary>
/// <param name="wait">After which another try is heard.</param>
public sealed class TooManyTriesException(string message, TimeSpan wait) : DomainException(message)
{
    /// <summary>At least one.</summary>
    public int Seconds { get; } = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
}

/// <summary>One or more fields of the input are wrong.</summary>
public sealed class InvalidInputException(IReadOnlyDictionary<string, string[]> errors)
    : DomainException(string.Join(" ", errors.SelectMany(e => e.Value)))
{
    public InvalidInputException(string field, string message)
        : this(new Dictionary<string, string[]> { [field] = [message] }) { }

    /// <summary>Messages by field name, in the API's spelling (snake_case).</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; } = errors;
}

/// <summary>The hypervisor, a disk, the proxy or another part of the host refused or did not answer.</summary>
public class HostException(string message, string? detail = null, Exception? inner = null)
    : DomainException(message, inner)
{
    /// <summary>What the tool said (command, exit code, standard error): for administrators, never for customers.</summary>
    public string? Detail { get; } = detail;
}

/// <summary>A part of the host is taken by somebody else. Nothing was changed and nothing is broken: try again.</summary>
public sealed class HostBusyException(string message, string? detail = null, Exception? inner = null)
    : HostException(message, detail, inner);
