using Microsoft.AspNetCore.Components.Server.Circuits;

namespace WebHoster.Web.Account;

/// <summary>
/// Once its person may no longer be there, a circuit does nothing more that its browser asks for: an honest one goes to the sign-in by itself,
/// another one would go on sending.
/// </summary>
public sealed class CircuitGuard : CircuitHandler
{
    private volatile bool _closed;

    public void Close() => _closed = true;

    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) =>
        context => _closed ? Task.CompletedTask : next(context);
}
