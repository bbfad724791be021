using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Deploy.Shipping;

/// <summary>Stands before an engine: passes posts on, and never answers them.</summary>
internal sealed class SilentFront : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _engine;

    private SilentFront(WebApplication app, Uri engine)
    {
        _app = app;
        _engine = new HttpClient { BaseAddress = engine };
    }

    public Uri Address => new(_app.Urls.First());

    public static async Task<SilentFront> StartAsync(Uri engine)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var front = new SilentFront(app, engine);
        app.Run(front.PassAsync);
        await app.StartAsync();
        return front;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _engine.Dispose();
    }

    private async Task PassAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        using var content = new ByteArrayContent(body.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var answer = await _engine.PostAsync(context.Request.Path, content);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registered = context.RequestAborted.Register(() => gone.TrySetResult());
        await gone.Task;
    }
}
