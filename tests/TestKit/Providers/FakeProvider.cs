using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.TestKit.Providers;

/// <summary>
/// A provider of models that speaks OpenAI's and Anthropic's formats and bills exactly what it produced, also where nobody got it. What it does is ordered by
/// the prompt: <see cref="FakePrompt"/>.
/// </summary>
public sealed class FakeProvider : IAsyncDisposable
{
    public const string Word = "abc ";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, int> _tries = new();
    private int _underWay;

    private FakeProvider(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    /// <summary>All that it bills.</summary>
    public ConcurrentQueue<Bill> Bills { get; } = new();

    /// <summary>The requests that it got, as they came.</summary>
    public ConcurrentQueue<FakeRequest> Requests { get; } = new();

    /// <summary>For answers that wait for it in the middle.</summary>
    public TaskCompletionSource GoOn { get; set; } = new();

    public decimal Total => Bills.Sum(b => b.Cost);

    /// <summary>Requests that it has not ended.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    public static async Task<FakeProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var provider = new FakeProvider(app);
        app.Run(provider.AnswerAsync);
        await app.StartAsync();
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _underWay);
        try
        {
            var body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            Requests.Enqueue(new FakeRequest(context.Request.Path, body, context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
            if (context.Request.Method == HttpMethods.Get) await WriteAsync(context, """{"object":"list","data":[]}""");
            else await AnswerAsync(context, JsonDocument.Parse(body).RootElement);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private async Task AnswerAsync(HttpContext context, JsonElement request)
    {
        var path = context.Request.Path.Value!;
        if (path.EndsWith("/count_tokens", StringComparison.Ordinal))
        {
            await WriteAsync(context, """{"input_tokens":3}""");
            return;
        }

        var prompt = new FakePrompt(request);
        var format = path.EndsWith("/messages", StringComparison.Ordinal) ? AnthropicAnswers.Of(prompt)
            : path.EndsWith("/embeddings", StringComparison.Ordinal) ? OpenAiAnswers.Embeddings(prompt) : OpenAiAnswers.Of(prompt);
        if (prompt.Number("hang") is not null)
        {
            await WhenGoneAsync(context);
            return;
        }

        if (prompt.Number("late") is { } late) await Task.Delay(TimeSpan.FromMilliseconds(late), TimeProvider.System);
        if (prompt.Number("fail") is { } status && _tries.AddOrUpdate(prompt.Text("id") ?? "", 1, (_, n) => n + 1) <= (prompt.Number("tries") ?? int.MaxValue))
        {
            await FailAsync(context, prompt, status);
            return;
        }

        if (prompt.Streams) await StreamAsync(context, prompt, format);
        else await WholeAsync(context, prompt, format);
    }

    private async Task FailAsync(HttpContext context, FakePrompt prompt, int status)
    {
        context.Response.StatusCode = status;
        if (status == 429) context.Response.Headers.RetryAfter = "0";
        var cost = prompt.Number("failcost");
        if (cost is not null) Bills.Enqueue(new Bill(cost.Value, 0));
        var usage = cost is null ? "" : $$""","usage":{"prompt_tokens":{{cost}},"input_tokens":{{cost}},"completion_tokens":0,"output_tokens":0}""";
        await WriteAsync(context, $$"""{"type":"error","error":{"type":"api_error","message":"told to fail","code":null,"param":null}{{usage}}}""");
    }

    private async Task WholeAsync(HttpContext context, FakePrompt prompt, FakeAnswer answer)
    {
        // It has produced the answer when it begins to send it.
        Bills.Enqueue(new Bill(prompt.InputTokens, answer.Tokens, prompt.HourTokens));
        if (prompt.Number("stall") is not { } stall)
        {
            await WriteAsync(context, answer.Whole);
            return;
        }

        await WriteAsync(context, answer.Whole[..stall]);
        await context.Response.Body.FlushAsync();
        await Task.WhenAny(GoOn.Task, WhenGoneAsync(context));
        await WriteAsync(context, answer.Whole[stall..]);
    }

    private async Task StreamAsync(HttpContext context, FakePrompt prompt, FakeAnswer answer)
    {
        context.Response.ContentType = "text/event-stream";
        var produced = 0L;
        var sent = 0;
        foreach (var (text, tokens) in answer.Events)
        {
            if (prompt.Number("cut") == sent || (prompt.Number("pause") is { } pause && produced == pause && tokens > 0)) break;
            await context.Response.WriteAsync(text);
            await context.Response.Body.FlushAsync();
            produced += tokens;
            sent++;
        }

        var isWhole = sent == answer.Events.Count;
        if (!isWhole && prompt.Number("pause") is not null) await WhenGoneAsync(context);
        if (sent > 0) Bills.Enqueue(new Bill(prompt.InputTokens, produced, prompt.HourTokens));
        // Not aborted: a reset would take back what was sent and has not been read yet.
        if (!isWhole) throw new IOException("The stream was cut, as ordered.");
    }

    private static async Task WhenGoneAsync(HttpContext context)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registered = context.RequestAborted.Register(() => gone.TrySetResult());
        await gone.Task;
    }

    private static async Task WriteAsync(HttpContext context, string json)
    {
        if (!context.Response.HasStarted) context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(json));
    }
}
