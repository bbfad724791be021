using System.IO.Pipelines;
using BudgetEngine.Api.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace BudgetEngine.Api.Http;

/// <summary>Reading of bodies: types, gzip, limits. Limits count decompressed bytes, so that a small bomb stays small.</summary>
internal static class RequestBody
{
    private static readonly Problem WrongType = new(ApiCode.UnsupportedMediaType, "The body must be application/json.");
    private static readonly Problem WrongEncoding = new(ApiCode.UnsupportedMediaType, "The only content encoding taken is gzip.");

    public static BodyType TypeOf(HttpRequest request)
    {
        var text = request.ContentType.AsSpan();
        var end = text.IndexOf(';');
        if (end >= 0 && !IsUtf8(text[(end + 1)..])) return BodyType.Other;
        var type = (end < 0 ? text : text[..end]).Trim();
        if (type.Equals("application/json", StringComparison.OrdinalIgnoreCase)) return BodyType.Json;
        if (type.Equals("application/x-ndjson", StringComparison.OrdinalIgnoreCase)) return BodyType.NdJson;
        if (type.Equals("application/cloudevents+json", StringComparison.OrdinalIgnoreCase) || type.Equals("application/cloudevents-batch+json", StringComparison.OrdinalIgnoreCase)) return BodyType.CloudEvents;
        if (type.Equals("text/csv", StringComparison.OrdinalIgnoreCase)) return BodyType.Csv;
        return type.Equals("application/merge-patch+json", StringComparison.OrdinalIgnoreCase) ? BodyType.MergePatch : BodyType.Other;
    }

    /// <summary>The body's bytes, decompressed; null with the problem when its encoding is not taken.</summary>
    public static PipeReader? Open(HttpContext context, out Problem? problem)
    {
        problem = null;
        var encoding = context.Request.Headers.ContentEncoding;
        if (StringValues.IsNullOrEmpty(encoding) || string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase)) return context.Request.BodyReader;
        if (string.Equals(encoding, "gzip", StringComparison.OrdinalIgnoreCase))
        {
            return PipeReader.Create(new GzipBody(context.Request.Body));
        }

        problem = WrongEncoding;
        return null;
    }

    /// <summary>Reads a whole JSON body of at most so many bytes.</summary>
    public static ValueTask<WholeBody> ReadJsonAsync(HttpContext context, int maxBytes) =>
        TypeOf(context.Request) is BodyType.Json or BodyType.MergePatch ? ReadWholeAsync(context, maxBytes) : new(new WholeBody(null, default, WrongType));

    /// <summary>Reads a whole body of at most so many bytes, whatever its type.</summary>
    public static ValueTask<WholeBody> ReadWholeAsync(HttpContext context, int maxBytes)
    {
        if (context.Request.ContentLength > maxBytes) return new(new WholeBody(null, default, TooLarge(maxBytes)));
        var reader = Open(context, out var problem);
        return reader is null ? new(new WholeBody(null, default, problem)) : ReadAsync(reader, maxBytes);
    }

    public static Problem TooLarge(int maxBytes) => new(ApiCode.BodyTooLarge, $"The body has more than {maxBytes} bytes.");

    private static async ValueTask<WholeBody> ReadAsync(PipeReader reader, int maxBytes)
    {
        try
        {
            while (true)
            {
                // No token: the server ends the read when the connection is gone, and asking for RequestAborted costs an allocation per check.
                var result = await reader.ReadAsync();
                var buffer = result.Buffer;
                if (buffer.Length > maxBytes)
                {
                    reader.AdvanceTo(buffer.End);
                    return new WholeBody(null, default, TooLarge(maxBytes));
                }

                if (result.IsCompleted) return new WholeBody(reader, buffer, null);
                reader.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        catch (InvalidDataException)
        {
            // Safe: nothing of the body has been used yet, and the answer says what is wrong with it.
            return new WholeBody(null, default, new Problem(ApiCode.MalformedJson, "The body is not valid gzip, or breaks off."));
        }
    }

    /// <summary>No charset, or the only one there is.</summary>
    private static bool IsUtf8(ReadOnlySpan<char> parameters)
    {
        var at = parameters.IndexOf("charset=", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return true;
        var charset = parameters[(at + 8)..];
        var end = charset.IndexOf(';');
        return (end < 0 ? charset : charset[..end]).Trim().Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase);
    }
}
