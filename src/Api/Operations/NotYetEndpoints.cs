using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Operations;

/// <summary>Routes of the contract that are not built yet: behind their scope they answer 501 <c>not_yet</c>.</summary>
internal sealed class NotYetEndpoints(Gate gate) : IEndpoints
{
    private static readonly (string Method, string Pattern, Scopes Scope, Operation Operation)[] Routes =
    [
        ("POST", "/v1/prices/reprice", Scopes.Admin, new(Tags.Prices, "Re-rate a range of usage (not built yet)", "Scope: admin.")),
        ("POST", "/v1/reconcile", Scopes.Read, new(Tags.Reports, "Compare with provider invoices (not built yet)", "Scope: read.")),
    ];

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (method, pattern, scope, operation) in Routes)
        {
            routes.MapMethods(pattern, [method], gate.Guard(scope, AnswerAsync))
                .WithMetadata(operation.Gives<ProblemResponse>(StatusCodes.Status501NotImplemented, "Not built yet", Problem.ContentType));
        }
    }

    private static Task<Problem?> AnswerAsync(HttpContext context, ApiKey caller) =>
        Task.FromResult<Problem?>(new Problem(ApiCode.NotYet, $"{context.Request.Method} {context.Request.Path} is not built yet."));
}
