using System.IO.Pipelines;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Keys;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace BudgetEngine.Api.Http;

/// <summary>Reading of bodies: types, gzip, limits of size, time and memory. Sizes are those of decompressed bytes, so that a small bomb stays small.</summary>
internal sealed class BodyReader(Gate gate, BodyRoom room, IOptions<ApiOptions> options, TimeProvider clock)
{
    private static readonly Problem WrongType = new(ApiCode.UnsupportedMediaType, "The body must be application/json.");
    private static readonly Problem WrongEncoding = new(ApiCode.UnsupportedMediaType, "The only content encoding taken is gzip.");
    private static readonly Problem BrokenGzip = new(ApiCode.MalformedJson, "The body is not valid gzip, or breaks off.");

    private readonly ApiOptions _options = options.Value;

    public int MaxBytes => _options.MaxBodyBytes;

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

    public static Problem TooLarge(int maxBytes) => new(ApiCode.BodyTooLarge, $"The body has more than {maxBytes} bytes.");

    /// <summary>The body, decompressed, to be read in parts; null with the problem when its encoding is not taken.</summary>
    public BodyPipe? OpenParts(HttpContext context, out Problem? problem) => Open(context, out problem) is { } reader ? Parts(context, reader) : null;

    /// <summary>Reads a whole JSON body.</summary>
    /// <param name="maxBytes">Null: as many as any body may have.</param>
    public ValueTask<WholeBody> ReadJsonAsync(HttpContext context, int? maxBytes = null) =>
        TypeOf(context.Request) is BodyType.Json or BodyType.MergePatch ? ReadWholeAsync(context, maxBytes) : new(new WholeBody(WrongType));

    /// <summary>Reads a whole body of at most so many bytes, whatever its type.</summary>
    /// <param name="maxBytes">Null: as many as any body may have.</param>
    public ValueTask<WholeBody> ReadWholeAsync(HttpContext context, int? maxBytes = null)
    {
        var max = maxBytes ?? MaxBytes;
        if (context.Request.ContentLength > max) return new(new WholeBody(TooLarge(max)));
        var reader = Open(context, out var problem);
        return reader is null ? new(new WholeBody(problem!)) : ReadAsync(context, reader, max);
    }

    private PipeReader? Open(HttpContext context, out Problem? problem)
    {
        problem = null;
        var encoding = context.Request.Headers.ContentEncoding;
        if (StringValues.IsNullOrEmpty(encoding) || string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase)) return context.Request.BodyReader;
        if (string.Equals(encoding, "gzip", StringComparison.OrdinalIgnoreCase))
        {
            // Left to its finalizer it outlives a collection, with all that it read.
            var plain = new GzipBody(context.Request.Body, _options.MaxGzipRatio, _options.MaxGzipBytes);
            context.Response.RegisterForDispose(plain);
            return PipeReader.Create(plain);
        }

        problem = WrongEncoding;
        return null;
    }

    // The gate has let the caller in already; this only asks again who it is.
    private BodyPipe Parts(HttpContext context, PipeReader reader) =>
        new(reader, room, gate.Enter(context, Scopes.None, out var caller) is null ? caller.Id : "", _options.BodyWithin, clock);

    private async ValueTask<WholeBody> ReadAsync(HttpContext context, PipeReader reader, int maxBytes)
    {
        BodyPipe? parts = null;
        try
        {
            while (true)
            {
                // No token: the server ends the read when the connection is gone, and asking for RequestAborted costs an allocation per check.
                var read = reader.ReadAsync();
                if (parts is null && !read.IsCompleted) parts = Begin(context, reader);
                var result = parts is null ? await read : await parts.ReadAsync(read);
                var buffer = result.Buffer;
                if (buffer.Length > maxBytes)
                {
                    reader.AdvanceTo(buffer.End);
                    parts?.Dispose();
                    return new WholeBody(TooLarge(maxBytes));
                }

                if (result.IsCompleted) return new WholeBody(reader, buffer, parts);
                parts ??= Begin(context, reader);
                reader.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        catch (Exception fault) when (fault is InvalidDataException or BodyRefusedException)
        {
            // Safe: nothing of the body has been used yet, and the answer says what is wrong with it.
            parts?.Dispose();
            return new WholeBody((fault as BodyRefusedException)?.Problem ?? BrokenGzip);
        }
        catch
        {
            parts?.Dispose();
            throw;
        }
    }

    /// <summary>For a body that has not come at once, as nearly all do.</summary>
    private BodyPipe Begin(HttpContext context, PipeReader reader)
    {
        var parts = Parts(context, reader);
        parts.IsBetweenRecords = false;
        return parts;
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
