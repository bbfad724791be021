using System.Buffers;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using RazorSlices;

namespace BudgetEngine.Dashboard.Rendering;

/// <summary>Sends a rendered view: compressed, never cached, and with a policy that lets nothing run or load that is not ours.</summary>
internal static class PageAnswer
{
    /// <summary>No inline style or script, nothing from elsewhere, no frame around it.</summary>
    private const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Smaller answers gain nothing.</summary>
    private const int MinCompressed = 1_024;

    public static async Task SendAsync(HttpContext context, RazorSlice view, int status = StatusCodes.Status200OK)
    {
        // Whole before the first byte: a view that fails is answered as a failure, not as half a page.
        var page = new StringBuilder(64 * 1024);
        using (view)
        {
            await using var writer = new StringWriter(page);
            await view.RenderAsync(writer, Markup.Encoder, context.RequestAborted);
        }

        var bytes = Encoding.UTF8.GetBytes(page.ToString());
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        Protect(response);
        response.Headers.Append("Vary", "Accept-Encoding");
        if (bytes.Length >= MinCompressed) bytes = Compressed(context, bytes);
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    /// <summary>After a form: what was sent must not be sent again by a reload.</summary>
    public static void GoTo(HttpContext context, string address)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.ContentType = "text/plain";
        context.Response.Headers.Location = address;
        Protect(context.Response);
    }

    private static void Protect(HttpResponse response)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }

    private static byte[] Compressed(HttpContext context, byte[] bytes)
    {
        var accepted = context.Request.Headers.AcceptEncoding.ToString();
        if (accepted.Contains("br", StringComparison.OrdinalIgnoreCase))
        {
            var buffer = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(bytes.Length));
            try
            {
                // Quality 4 of 11: close to the best size, in a millisecond or two.
                if (BrotliEncoder.TryCompress(bytes, buffer, out var written, 4, 22))
                {
                    context.Response.Headers.ContentEncoding = "br";
                    return buffer.AsSpan(0, written).ToArray();
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        if (!accepted.Contains("gzip", StringComparison.OrdinalIgnoreCase)) return bytes;
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest)) gzip.Write(bytes);
        context.Response.Headers.ContentEncoding = "gzip";
        return stream.ToArray();
    }
}
