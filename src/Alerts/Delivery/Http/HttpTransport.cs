using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;

namespace BudgetEngine.Alerts.Delivery.Http;

/// <summary>Sends requests over HTTP/1.1: no redirects, no proxy, no cookies, and no trace of an address in logs, traces or errors.</summary>
internal sealed class HttpTransport : IDisposable
{
    /// <summary>Many channels share a host (hooks.slack.com): a few that hang must not hold the rest.</summary>
    private const int MaxConnectionsPerHost = 256;

    private const int MaxHeaderKilobytes = 16;

    // An address that has changed is seen after this at the latest.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    private static readonly ProductInfoHeaderValue Agent = new("BudgetEngine", "1.0");

    private readonly HttpClient _guarded;
    private readonly HttpClient _operators;

    public HttpTransport(AlertChannelOptions options, HostResolver resolve, TimeProvider time, Func<IPEndPoint, CancellationToken, Task<Stream>> connect)
    {
        _guarded = Client(new GuardedConnector(resolve, options.AllowPrivateAddresses, time, connect), options.SendTimeout);
        _operators = Client(new GuardedConnector(resolve, allowPrivate: true, time, connect), options.SendTimeout);
    }

    /// <summary>The answer, or what went wrong on the way. A connection that breaks off before any answer may be one that was kept and that the other side has just closed: once more, on another.</summary>
    /// <param name="readBody">Whether the body of an answer of this status is looked at.</param>
    public async Task<(HttpAnswer? Answer, SendOutcome Fault)> SendAsync(HttpCall call, Func<int, bool> readBody, CancellationToken cancellationToken)
    {
        var first = await TrySendAsync(call, readBody, cancellationToken);
        return first.BrokeOff ? OutcomeOf(await TrySendAsync(call, readBody, cancellationToken)) : OutcomeOf(first);

        static (HttpAnswer?, SendOutcome) OutcomeOf((HttpAnswer? Answer, SendOutcome Fault, bool BrokeOff) attempt) => (attempt.Answer, attempt.Fault);
    }

    private async Task<(HttpAnswer? Answer, SendOutcome Fault, bool BrokeOff)> TrySendAsync(HttpCall call, Func<int, bool> readBody, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, call.Address) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Content = new ByteArrayContent(call.Body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.UserAgent.Add(Agent);
        foreach (var (name, value) in call.Headers) request.Headers.Add(name, value);
        try
        {
            using var response = await (call.IsOperators ? _operators : _guarded).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var status = (int)response.StatusCode;
            var retryAfter = response.Headers.TryGetValues("Retry-After", out var values) ? values.First() : null;
            return (new HttpAnswer(status, retryAfter, readBody(status) ? await ReadAsync(response.Content, cancellationToken) : []), default, false);
        }
        catch (HttpRequestException failed)
        {
            return (null, Outcome(failed), failed.HttpRequestError == HttpRequestError.ResponseEnded);
        }
    }

    public void Dispose()
    {
        _guarded.Dispose();
        _operators.Dispose();
    }

    private static async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var body = new byte[HttpAnswer.MaxBody];
        var length = 0;
        try
        {
            await using var stream = await content.ReadAsStreamAsync(cancellationToken);
            while (length < body.Length && await stream.ReadAsync(body.AsMemory(length), cancellationToken) is > 0 and var read) length += read;
        }
        catch (IOException)
        {
            // The status has come and counts; a body that must say more is judged by what there is of it.
        }

        return body[..length];
    }

    private static SendOutcome Outcome(HttpRequestException failed)
    {
        if (failed.InnerException is ConnectFault fault) return Failed(fault.Message);
        // Never the exception's own text: it may hold the address.
        return Failed(failed.HttpRequestError switch
        {
            HttpRequestError.SecureConnectionError => "no safe connection: the certificate is not valid for the host, or TLS failed",
            HttpRequestError.ResponseEnded => "the connection broke off before the answer",
            HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError => "the answer is not HTTP",
            HttpRequestError.ConfigurationLimitExceeded => "the answer's headers are too long",
            _ => failed.InnerException is AuthenticationException ? "no safe connection: TLS failed" : "the connection broke off",
        });
    }

    private static SendOutcome Failed(string error) => new(SendResult.Failed, error, null);

    private static HttpClient Client(GuardedConnector connector, TimeSpan timeout) => new(new SocketsHttpHandler
    {
        ConnectCallback = connector.ConnectAsync,
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        MaxConnectionsPerServer = MaxConnectionsPerHost,
        MaxResponseHeadersLength = MaxHeaderKilobytes,
        MaxResponseDrainSize = HttpAnswer.MaxBody,
        PooledConnectionLifetime = ConnectionLifetime,
        ConnectTimeout = timeout,
        SslOptions = { EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 },
        // No headers of our traces to strangers, and no activity that would write the address down.
        ActivityHeadersPropagator = null,
    })
    {
        // The sender's own time limit, which follows its clock.
        Timeout = Timeout.InfiniteTimeSpan,
    };
}
