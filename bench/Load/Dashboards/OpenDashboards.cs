using System.Globalization;
using System.Net;
using BudgetEngine.Load.Http;
using BudgetEngine.Load.Measure;

namespace BudgetEngine.Load.Dashboards;

/// <summary>Dashboards as browsers keep them open: each has an event stream, and loads its page anew every few seconds, as the page's script does while something changes.</summary>
internal sealed class OpenDashboards : IAsyncDisposable
{
    /// <summary>A page in which spend arrives asks for its parts again no sooner than a minute later.</summary>
    private static readonly TimeSpan _pageEvery = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _end = new();
    private readonly HttpClient _client;
    private readonly Faults _faults;
    private Task[] _open = [];
    private long _events;
    private long _pages;

    private OpenDashboards(int port, Faults faults)
    {
        _faults = faults;
        _client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue, AutomaticDecompression = DecompressionMethods.None })
        {
            BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")), Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.Add("X-Budget-Key", WireRequest.Key);
        _client.DefaultRequestHeaders.Add("Accept-Encoding", "br");
    }

    /// <summary>Bytes of events that arrived.</summary>
    public long EventBytes => Interlocked.Read(ref _events);

    public long Pages => Interlocked.Read(ref _pages);

    /// <summary>Returns once every stream is open.</summary>
    /// <param name="loadsPages">False: they only listen, as pages do in which nothing changes.</param>
    public static async Task<OpenDashboards> StartAsync(int port, int count, bool loadsPages, Faults faults, CancellationToken cancellationToken)
    {
        var dashboards = new OpenDashboards(port, faults);
        var streams = new List<Stream>();
        for (var i = 0; i < count; i++)
        {
            var answer = await dashboards._client.GetAsync("/v1/events?decisions=false", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            answer.EnsureSuccessStatusCode();
            streams.Add(await answer.Content.ReadAsStreamAsync(cancellationToken));
        }

        // Off the thread that polls sockets, which the loads have.
        dashboards._open = [.. streams.Select(s => Task.Run(() => dashboards.ReadAsync(s))), .. Enumerable.Range(0, loadsPages ? count : 0).Select(i => Task.Run(() => dashboards.LoadAsync(_pageEvery * i / count)))];
        return dashboards;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_open);
        _client.Dispose();
        _end.Dispose();
    }

    private async Task ReadAsync(Stream events)
    {
        var buffer = new byte[16 * 1024];
        await KeepGoingAsync(async () =>
        {
            while (await events.ReadAsync(buffer, _end.Token) is > 0 and var read) Interlocked.Add(ref _events, read);
            throw new IOException("an event stream has ended");
        });
    }

    private async Task LoadAsync(TimeSpan first)
    {
        await KeepGoingAsync(async () =>
        {
            await Task.Delay(first, TimeProvider.System, _end.Token);
            while (true)
            {
                using var page = await _client.GetAsync("/", _end.Token);
                page.EnsureSuccessStatusCode();
                Interlocked.Increment(ref _pages);
                await Task.Delay(_pageEvery, TimeProvider.System, _end.Token);
            }
        });
    }

    private async Task KeepGoingAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception ended) when (_end.IsCancellationRequested && ended is OperationCanceledException or IOException or HttpRequestException)
        {
            // The end was told.
        }
        catch (Exception fault)
        {
            _faults.Add("dashboards", fault.Message);
        }
    }
}
