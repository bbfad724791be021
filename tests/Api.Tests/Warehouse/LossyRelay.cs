using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Api.Tests.Warehouse;

/// <summary>Stands before a ClickHouse and loses every second answer to an insert: the server has the batch, and whoever sent it does not know.</summary>
public sealed class LossyRelay : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _inserts;
    private int _lost;

    private LossyRelay(Uri server)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        var client = new HttpClient();
        _app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            using var answer = await client.PostAsync(new Uri(server, "/" + context.Request.QueryString), new ByteArrayContent(body.ToArray()));
            var isInsert = context.Request.QueryString.Value!.Contains("usage_log", StringComparison.Ordinal);
            if (isInsert && Interlocked.Increment(ref _inserts) % 2 == 1)
            {
                if (answer.IsSuccessStatusCode) Interlocked.Increment(ref _lost);
                context.Abort();
                return;
            }

            context.Response.StatusCode = (int)answer.StatusCode;
            await context.Response.WriteAsync(await answer.Content.ReadAsStringAsync());
        });
    }

    public int Inserts => Volatile.Read(ref _inserts);

    /// <summary>Batches that the server has taken and whose sender was not told.</summary>
    public int Lost => Volatile.Read(ref _lost);

    public Uri Address => new(_app.Urls.First());

    public static async Task<LossyRelay> StartAsync(Uri server)
    {
        var relay = new LossyRelay(server);
        await relay._app.StartAsync();
        return relay;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
