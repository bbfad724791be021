using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BudgetEngine.TestKit.Machine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.TestKit.Alerts;

/// <summary>A real HTTP receiver of webhooks. It checks every signature with its own reading of Standard Webhooks 1.0.0, and keeps what arrives.</summary>
public sealed class AlertReceiver : IAsyncDisposable
{
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, ReceivedAlert> _told = new();
    private readonly ConcurrentQueue<string> _faults = [];
    private long _requests;

    private AlertReceiver(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    public IReadOnlyCollection<ReceivedAlert> Told => [.. _told.Values];

    public int Count => _told.Count;

    public long Requests => Volatile.Read(ref _requests);

    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>What is answered; 200 unless a test says otherwise.</summary>
    public Func<int> Status { get; set; } = () => StatusCodes.Status200OK;

    public ReceivedAlert? Find(string id) => _told.GetValueOrDefault(id);

    public static async Task<AlertReceiver> StartAsync()
    {
        var port = FreePort.Next();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add($"http://127.0.0.1:{port}");
        var receiver = new AlertReceiver(app) { Address = new Uri($"http://127.0.0.1:{port}/alerts") };
        app.MapPost("/alerts", receiver.ReceiveAsync);
        await app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        using var memory = new MemoryStream();
        await context.Request.Body.CopyToAsync(memory);
        var status = Status();
        context.Response.StatusCode = status;
        if (status != StatusCodes.Status200OK) return;
        var body = memory.ToArray();
        var (id, timestamp) = (context.Request.Headers["webhook-id"].ToString(), context.Request.Headers["webhook-timestamp"].ToString());
        var signed = Encoding.UTF8.GetBytes($"{id}.{timestamp}.").Concat(body).ToArray();
        var expected = "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Secret["whsec_".Length..]), signed));
        if (!context.Request.Headers["webhook-signature"].ToString().Split(' ').Contains(expected)) _faults.Enqueue($"{id}: the signature is wrong");
        var told = Read(id, body);
        if (_told.TryAdd(id, told)) return;
        if (_told[id].Crossing != told.Crossing) _faults.Enqueue($"{id} came with another content: {told.Crossing} after {_told[id].Crossing}");
    }

    private static ReceivedAlert Read(string id, byte[] body)
    {
        var root = JsonDocument.Parse(body).RootElement;
        var (type, data) = (root.GetProperty("type").GetString()!, root.GetProperty("data"));
        ReceivedCrossing? crossing = type != "budget.threshold.reached" ? null : new ReceivedCrossing(
            data.GetProperty("cost_center").GetString()!, data.GetProperty("user").GetString(), data.GetProperty("period").GetString()!,
            data.GetProperty("window_start").ToString(), data.GetProperty("threshold").GetDecimal(), data.GetProperty("generation").GetInt32());
        return new ReceivedAlert(id, type, crossing, TimeProvider.System.GetUtcNow());
    }
}
