using System.Diagnostics;
using System.Text;
using WebHoster.Core.Errors;

namespace WebHoster.Infrastructure.Processes;

/// <summary>
/// An outside program as a stream: what is written is its standard input, what is read its standard output. It ends with the stream. Where
/// it fails, reading ends in a <see cref="HostException"/> with what it said on standard error.
/// </summary>
public sealed class PipedProcess : Stream
{
    private const int MaxError = 2000;

    private readonly Process _process;
    private readonly Stream _input;
    private readonly Stream _output;
    private readonly StringBuilder _error = new();

    private PipedProcess(Process process)
    {
        _process = process;
        (_input, _output) = (process.StandardInput.BaseStream, process.StandardOutput.BaseStream);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>Starts it with an argument list, never a shell's line.</summary>
    public static PipedProcess Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C";
        try
        {
            return new PipedProcess(Process.Start(start)!);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new HostException($"{program} is not installed. Run ./webhoster doctor.", e.Message, e);
        }
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var length = await _output.ReadAsync(buffer, cancellationToken);
        if (length > 0 || buffer.Length == 0)
            return length;
        await _process.WaitForExitAsync(cancellationToken);
        if (_process.ExitCode == 0)
            return 0;
        throw new HostException("The machine refused the connection.", Said());
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _input.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => _input.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
        _process.Dispose();
    }

    private void Note(string? line)
    {
        lock (_error)
        {
            if (line is not null && _error.Length < MaxError)
                _error.AppendLine(line);
        }
    }

    private string Said()
    {
        lock (_error)
            return _error.ToString().Trim();
    }
}
