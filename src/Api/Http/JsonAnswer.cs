using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http.Json;
using BudgetEngine.Domain.Amounts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Api.Http;

/// <summary>Answers of JSON, written straight into the response's pipe by a pooled writer; their length is known before they are sent.</summary>
internal static class JsonAnswer
{
    private const int ItemsInATurn = 100;

    private static readonly JsonWriterOptions Options = new()
    {
        // Not HTML: only what JSON itself wants is escaped.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    [ThreadStatic]
    private static Utf8JsonWriter? t_writer;

    /// <summary>Answers; headers are set by the caller. Content type: JSON unless it is set already. Null, for the end of a handler.</summary>
    public static async Task<Problem?> AnswerAsync<T>(this HttpContext context, T answer, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        await SendAsync(context, answer);
        return null;
    }

    /// <summary>
    /// An answer whose last member is a list that may be long: sent item by item, so that others have their turn on this thread, and no client makes us keep more of it than the
    /// server does.
    /// </summary>
    /// <param name="answer">With an empty list.</param>
    public static async Task<Problem?> AnswerWithListAsync<T, TItem>(this HttpContext context, T answer, IReadOnlyList<TItem> items, int status = StatusCodes.Status200OK)
    {
        const int listEnd = 2;
        var (response, resolution) = (context.Response, context.RequestServices?.GetService<Resolution>());
        response.StatusCode = status;
        response.ContentType ??= "application/json";
        var frame = new ArrayBufferWriter<byte>();
        Write(frame, resolution, answer);
        response.BodyWriter.Write(frame.WrittenSpan[..^listEnd]);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) response.BodyWriter.Write(","u8);
            Write(response.BodyWriter, resolution, items[i]);
            if (i % ItemsInATurn != ItemsInATurn - 1) continue;
            await response.BodyWriter.FlushAsync(context.RequestAborted);
            await Task.Yield();
        }

        response.BodyWriter.Write(frame.WrittenSpan[^listEnd..]);
        await response.BodyWriter.FlushAsync(context.RequestAborted);
        return null;
    }

    public static Task SendAsync<T>(HttpContext context, T answer) => SendAsync(context, context.RequestServices?.GetService<Resolution>(), answer);

    /// <param name="resolution">How amounts are written; null: the answer has none.</param>
    public static Task SendAsync<T>(HttpContext context, Resolution? resolution, T answer) => SendAsync(context, answer, Generated<T>.In(resolution));

    public static Task SendAsync<T>(HttpContext context, T answer, Action<Utf8JsonWriter, T> write)
    {
        var response = context.Response;
        response.ContentType ??= "application/json";
        var length = Write(response.BodyWriter, answer, write);
        if (!response.HasStarted) response.ContentLength = length;
        var flush = response.BodyWriter.FlushAsync();
        return flush.IsCompletedSuccessfully ? Task.CompletedTask : flush.AsTask();
    }

    public static long Write<T>(IBufferWriter<byte> output, Resolution? resolution, T answer) => Write(output, answer, Generated<T>.In(resolution));

    /// <returns>The bytes written.</returns>
    public static long Write<T>(IBufferWriter<byte> output, T answer, Action<Utf8JsonWriter, T> write)
    {
        var writer = t_writer;
        t_writer = null;
        if (writer is null) writer = new Utf8JsonWriter(output, Options);
        else writer.Reset(output);
        // An exception drops the writer, whose state is then not known.
        write(writer, answer);
        writer.Flush();
        var length = writer.BytesCommitted;
        t_writer = writer;
        return length;
    }

    private static class Generated<T>
    {
        private static readonly Action<Utf8JsonWriter, T> WithoutAmounts = Make(null);

        /// <summary>By decimals, each made when it is first needed.</summary>
        private static readonly Action<Utf8JsonWriter, T>?[] ByDecimals = new Action<Utf8JsonWriter, T>?[Resolution.MaxDecimals + 1];

        public static Action<Utf8JsonWriter, T> In(Resolution? resolution) => resolution is null ? WithoutAmounts : ByDecimals[resolution.Decimals] ??= Make(resolution);

        private static Action<Utf8JsonWriter, T> Make(Resolution? resolution)
        {
            var type = (JsonTypeInfo<T>?)AnswersJson.In(resolution).GetTypeInfo(typeof(T))
                ?? throw new InvalidOperationException($"{typeof(T)} is not among the answers of {nameof(AnswersJson)}.");
            return (writer, answer) => JsonSerializer.Serialize(writer, answer, type);
        }
    }
}
