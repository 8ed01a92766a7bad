using System.Globalization;
using System.Text;
using WebHoster.Core.Alerts;

namespace WebHoster.Infrastructure.Alerts;

/// <summary>Sends signed webhooks. An answer of 200-299 counts; a redirect is an answer like any other, and is not followed.</summary>
public sealed class WebhookSender : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly WebhookSecrets _secrets;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;

    public WebhookSender(WebhookDialer dialer, WebhookSecrets secrets, TimeProvider clock)
    {
        (_secrets, _clock) = (secrets, clock);
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectCallback = dialer.ConnectAsync,
            // Each delivery dials anew, and so is looked at anew.
            PooledConnectionLifetime = TimeSpan.Zero,
            MaxResponseHeadersLength = 16,
        })
        {
            Timeout = Patience,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("WebHoster-Alerts/1");
    }

    /// <returns>Null where it arrived; otherwise why not.</returns>
    public async Task<string?> SendAsync(AlertTarget target, AlertMessage message, CancellationToken ct)
    {
        if (_secrets.Open(target.Secret) is not { } secret)
            return "Its secret cannot be read: the portal's keys are not those that it was made with. Remove the target and add it again.";
        var (body, timestamp) = (message.ToJson(), _clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        using var request = new HttpRequestMessage(HttpMethod.Post, target.Address) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add(WebhookSignature.TimestampHeader, timestamp);
        request.Headers.Add(WebhookSignature.SignatureHeader, WebhookSignature.Of(secret, timestamp, body));
        request.Headers.Add(WebhookSignature.DeliveryHeader, message.Id.ToString());
        try
        {
            // The body of the answer is nobody's concern.
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            return response.IsSuccessStatusCode ? null : $"It answered {(int)response.StatusCode}.";
        }
        catch (HttpRequestException e)
        {
            return e.InnerException is ForbiddenTargetException forbidden ? forbidden.Message : e.GetBaseException().Message;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"It did not answer within {Patience.TotalSeconds:0} s.";
        }
    }

    public void Dispose() => _http.Dispose();
}
