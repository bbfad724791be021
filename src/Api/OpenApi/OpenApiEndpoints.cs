using BudgetEngine.Api.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.OpenApi;

/// <summary><c>GET /openapi/v1.json</c>.</summary>
internal sealed class OpenApiEndpoints(OpenApiDocument document) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/openapi/v1.json", AnswerAsync)
        .WithMetadata(new Operation(Tags.Operations, "This description").Public().Gives<object>());

    private Task AnswerAsync(HttpContext context)
    {
        var bytes = document.Bytes;
        context.Response.ContentType = Operation.Json;
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
