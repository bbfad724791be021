using BudgetEngine.Api.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Dashboard.Assets;

/// <summary><c>/assets/...</c>: served to anybody; there is nothing of an installation in them.</summary>
internal sealed class AssetEndpoints : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var file in AssetFiles.All) routes.MapGet("/assets/" + file.Name, context => SendAsync(context, file));
    }

    private static async Task SendAsync(HttpContext context, AssetFile file)
    {
        var response = context.Response;
        var accepted = context.Request.Headers.AcceptEncoding.ToString();
        var (body, encoding) = accepted.Contains("br", StringComparison.OrdinalIgnoreCase) ? (file.Brotli, "br")
            : accepted.Contains("gzip", StringComparison.OrdinalIgnoreCase) ? (file.Gzip, "gzip") : (file.Plain, null);
        if (encoding is not null) response.Headers.ContentEncoding = encoding;
        response.ContentType = file.ContentType;
        response.ContentLength = body.Length;
        response.Headers.Vary = "Accept-Encoding";
        response.Headers.XContentTypeOptions = "nosniff";
        // The address changes with the content.
        response.Headers.CacheControl = context.Request.Query["v"] == file.Version ? "public, max-age=31536000, immutable" : "no-cache";
        await response.Body.WriteAsync(body, context.RequestAborted);
    }
}
