using System.Buffers.Binary;
using System.Text;

namespace WebHoster.Tests.Faults;

/// <summary>One message of PostgreSQL's protocol, version 3: a type, a length, a body. A start-up message has no type.</summary>
internal sealed record WireMessage(char Type, byte[] Bytes)
{
    private const int SslRequest = 80877103;
    private const int EncryptionRequest = 80877104;
    private const int Protocol3 = 3 << 16;

    /// <summary>Null where the peer has hung up.</summary>
    public static async Task<WireMessage?> ReadAsync(Stream from, bool typed, CancellationToken ct)
    {
        var head = new byte[typed ? 5 : 4];
        if (await from.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct) < head.Length)
            return null;
        var rest = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(head.Length - 4)) - 4;
        var bytes = new byte[head.Length + rest];
        head.CopyTo(bytes, 0);
        if (await from.ReadAtLeastAsync(bytes.AsMemory(head.Length), rest, throwOnEndOfStream: false, ct) < rest)
            return null;
        return new WireMessage(typed ? (char)head[0] : '\0', bytes);
    }

    /// <summary>Asks for TLS, which the answer 'N' declines.</summary>
    public bool AsksForEncryption => Type == '\0' && Code is SslRequest or EncryptionRequest;

    public bool IsStart => Type == '\0' && Code == Protocol3;

    /// <summary>The server answers these with one "ready for query".</summary>
    public bool EndsRequest => Type is 'Q' or 'S';

    public bool IsReady => Type == 'Z';

    /// <summary>Of a start-up message.</summary>
    public string? ApplicationName
    {
        get
        {
            var words = Encoding.UTF8.GetString(Bytes, 8, Bytes.Length - 8).Split('\0');
            var at = Array.IndexOf(words, "application_name");
            return at < 0 ? null : words[at + 1];
        }
    }

    /// <summary>The SQL of a Query or a Parse; null for others.</summary>
    public string? Statement => Type switch
    {
        'Q' => Text(5),
        'P' => Text(Array.IndexOf(Bytes, (byte)0, 5) + 1),
        _ => null,
    };

    /// <summary>Of a Parse, the name that it gives the statement; of a Bind, the one that it runs. Empty for a statement that is run once.</summary>
    public string PreparedName => Type == 'B' ? Text(Array.IndexOf(Bytes, (byte)0, 5) + 1) : Text(5);

    private int Code => BinaryPrimitives.ReadInt32BigEndian(Bytes.AsSpan(4));

    private string Text(int from) => Encoding.UTF8.GetString(Bytes, from, Array.IndexOf(Bytes, (byte)0, from) - from);
}
