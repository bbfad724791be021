using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Api.Tests.Alerts;

/// <summary>Receives webhooks on this machine; keeps their ids, and answers as told.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Receiver(WebApplication app) => _app = app;

    public int Status { get; set; } = StatusCodes.Status200OK;

    public ConcurrentQueue<string> Ids { get; } = [];

    public Uri Address => new(_app.Urls.First());

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var receiver = new Receiver(builder.Build());
        receiver._app.Run(context =>
        {
            receiver.Ids.Enqueue(context.Request.Headers["webhook-id"].ToString());
            context.Response.StatusCode = receiver.Status;
            return Task.CompletedTask;
        });
        await receiver._app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
