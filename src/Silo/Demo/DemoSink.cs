using System.Net;
using System.Text.Json.Nodes;

namespace BudgetEngine.Silo.Demo;

/// <summary>The receiver of the demo's webhook, on a free port of the loopback interface: it prints what each alert says, and needs nothing from outside.</summary>
internal sealed class DemoSink : IAsyncDisposable
{
    private const int MaxBodyBytes = 64 * 1024;

    private readonly WebApplication _app;

    private DemoSink(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    public static async Task<DemoSink> StartAsync(CancellationToken stopping)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(o =>
        {
            o.Listen(IPAddress.Loopback, 0);
            o.Limits.MaxRequestBodySize = MaxBodyBytes;
        });
        var app = builder.Build();
        app.Run(TakeAsync);
        await app.StartAsync(stopping);
        return new DemoSink(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task TakeAsync(HttpContext context)
    {
        var alert = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        Console.WriteLine($"Demo: the channel got an alert: {alert?["data"]?["message"]}");
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
