using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api;

/// <summary>Routes of the contract that are not built yet: behind their scope they answer 501 <c>not_yet</c>.</summary>
internal sealed class NotYetEndpoints(Gate gate) : IEndpoints
{
    private static readonly (string Method, string Pattern, Scopes Scope)[] Routes =
    [
        ("POST", "/v1/ingest/cloudevents", Scopes.Usage),
        ("POST", "/v1/ingest/litellm", Scopes.Usage),
        ("POST", "/v1/prices/reprice", Scopes.Admin),
        ("GET", "/v1/reports/{report}", Scopes.Read),
        ("POST", "/v1/reconcile", Scopes.Read),
    ];

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (method, pattern, scope) in Routes) routes.MapMethods(pattern, [method], gate.Guard(scope, AnswerAsync));
    }

    private static Task<Problem?> AnswerAsync(HttpContext context, ApiKey caller) =>
        Task.FromResult<Problem?>(new Problem(ApiCode.NotYet, $"{context.Request.Method} {context.Request.Path} is not built yet."));
}
