using System.IO.Pipelines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Load.Servers;

/// <summary>The engine's web server with its settings, and nothing behind it: what the engine is compared with.</summary>
internal static class PlainHost
{
    public static WebApplication Build(string port, RequestDelegate check, RequestDelegate usage)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = [$"--urls=http://127.0.0.1:{port}"], ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        var app = builder.Build();
        app.UseRouting();
        app.MapPost("/v1/check", check);
        app.MapPost("/v1/usage", usage);
        app.MapGet("/health/ready", context => AnswerAsync(context, "{}"u8.ToArray()));
        return app;
    }

    /// <summary>The whole body; the caller advances the reader.</summary>
    public static async ValueTask<ReadResult> ReadAsync(PipeReader reader)
    {
        while (true)
        {
            var result = await reader.ReadAsync();
            if (result.IsCompleted) return result;
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    public static Task AnswerAsync(HttpContext context, byte[] answer)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        var written = context.Response.BodyWriter.WriteAsync(answer);
        return written.IsCompletedSuccessfully ? Task.CompletedTask : written.AsTask();
    }

    public static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return AnswerAsync(context, "{}"u8.ToArray());
    }
}
