using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.GatewayLoad;

/// <summary>A provider that answers at once and always the same: whole, or as a stream of twenty words where the request asks for one.</summary>
internal static class FixedUpstream
{
    public const string Verb = "upstream";

    /// <summary>Tokens of an answer, as its usage says.</summary>
    public const int OutputTokens = 20;

    public const int InputTokens = 30;

    private static readonly string Usage = $$"""{"prompt_tokens":{{InputTokens}},"completion_tokens":{{OutputTokens}},"total_tokens":{{InputTokens + OutputTokens}}}""";

    private static readonly byte[] Whole =
        [.. System.Text.Encoding.UTF8.GetBytes($$"""{"id":"c","object":"chat.completion","created":1,"model":"bench","choices":[{"index":0,"message":{"role":"assistant","content":"{{string.Concat(Enumerable.Repeat("abc ", OutputTokens))}}"},"finish_reason":"stop"}],"usage":{{Usage}}}""")];

    private static readonly byte[] Word = [.. "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"bench\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"abc \"},\"finish_reason\":null}]}\n\n"u8];
    private static readonly byte[] End = [.. System.Text.Encoding.UTF8.GetBytes($$"""data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"bench","choices":[],"usage":{{Usage}}}""" + "\n\ndata: [DONE]\n\n")];

    public static async Task<int> RunAsync(string port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        app.Run(AnswerAsync);
        await app.RunAsync();
        return 0;
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (body.GetBuffer().AsSpan(0, (int)body.Length).IndexOf("\"stream\":true"u8) < 0)
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = Whole.Length;
            await context.Response.Body.WriteAsync(Whole);
            return;
        }

        context.Response.ContentType = "text/event-stream";
        for (var i = 0; i < OutputTokens; i++)
        {
            await context.Response.Body.WriteAsync(Word);
            await context.Response.Body.FlushAsync();
        }

        await context.Response.Body.WriteAsync(End);
    }
}
