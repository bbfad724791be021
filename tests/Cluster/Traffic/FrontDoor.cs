using System.Net;
using System.Net.Http.Headers;

namespace BudgetEngine.Cluster.Traffic;

/// <summary>
/// What stands in front of the silos, as a service of Kubernetes does: each request goes to the next silo in turn of those that were ready when last asked.
/// A connection that cannot be made is made to another silo, since nothing was sent; everything else that goes wrong is the caller's.
/// </summary>
internal sealed class FrontDoor : HttpMessageHandler
{
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _probeWithin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _probeEvery = TimeSpan.FromMilliseconds(250);

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 128, ConnectTimeout = _probeWithin });
    private readonly CancellationTokenSource _closing = new();
    private readonly Func<IReadOnlyList<Uri>> _silos;
    private readonly TimeSpan _answerWithin;
    private readonly Task _probing;
    private volatile IReadOnlyList<Uri> _ready;
    private int _next;

    /// <param name="silos">All silos there are.</param>
    /// <param name="answerWithin">How long the caller waits for an answer; null: 10 s.</param>
    public FrontDoor(Func<IReadOnlyList<Uri>> silos, TimeSpan? answerWithin = null)
    {
        _answerWithin = answerWithin ?? _longest;
        _silos = silos;
        _ready = silos();
        _probing = ProbeAsync();
    }

    /// <summary>Those that get requests now.</summary>
    public IReadOnlyList<Uri> Ready => _ready;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? null : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var silos = _ready is { Count: > 0 } ready ? ready : _silos();
        for (var attempt = 1; ; attempt++)
        {
            var silo = silos[(int)((uint)Interlocked.Increment(ref _next) % (uint)silos.Count)];
            try
            {
                return await SendAsync(silo, request, body, cancellationToken);
            }
            catch (HttpRequestException refused) when (refused.HttpRequestError == HttpRequestError.ConnectionError && attempt < silos.Count)
            {
                // The next one.
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_closing.IsCancellationRequested)
        {
            _closing.Cancel();
            _http.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<HttpResponseMessage> SendAsync(Uri silo, HttpRequestMessage request, byte[]? body, CancellationToken cancellationToken)
    {
        using var copy = new HttpRequestMessage(request.Method, new Uri(silo, request.RequestUri!.PathAndQuery));
        if (body is not null)
        {
            copy.Content = new ByteArrayContent(body);
            copy.Content.Headers.ContentType = request.Content!.Headers.ContentType is { } type ? MediaTypeHeaderValue.Parse(type.ToString()) : null;
        }

        foreach (var header in request.Headers) copy.Headers.TryAddWithoutValidation(header.Key, header.Value);
        using var within = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        within.CancelAfter(_answerWithin);
        try
        {
            var response = await _http.SendAsync(copy, within.Token);
            // Read here, so that an answer that breaks off counts as one that never came.
            await response.Content.LoadIntoBufferAsync(within.Token);
            return response;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException(HttpRequestError.Unknown, $"{silo} did not answer within {_answerWithin}.");
        }
    }

    /// <summary>Asks every silo for its readiness, all at once, again and again.</summary>
    private async Task ProbeAsync()
    {
        using var timer = new PeriodicTimer(_probeEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(_closing.Token))
            {
                var silos = _silos();
                var ready = await Task.WhenAll(silos.Select(IsReadyAsync));
                _ready = [.. silos.Where((_, i) => ready[i])];
            }
        }
        catch (OperationCanceledException)
        {
            // Closed.
        }
    }

    private async Task<bool> IsReadyAsync(Uri silo)
    {
        using var within = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        within.CancelAfter(_probeWithin);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(silo, "/health/ready"));
            using var response = await _http.SendAsync(request, within.Token);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception gone) when (gone is HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
    }
}
