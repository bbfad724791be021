using BudgetEngine.Api.Http;
using BudgetEngine.Api.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Operations;

/// <summary>Health.</summary>
internal sealed class OperationsEndpoints(Readiness readiness) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(OperatorPaths.Live, context => AnswerAsync(context, "live", ready: true))
            .WithMetadata(new Operation(Tags.Operations, "The process runs").Public().Gives<HealthResponse>());
        routes.MapGet(OperatorPaths.Ready, ReadyAsync)
            .WithMetadata(new Operation(Tags.Operations, "Requests may be sent here").Public().Gives<HealthResponse>()
                .Gives<HealthResponse>(StatusCodes.Status503ServiceUnavailable, "Starting or stopping"));
    }

    private Task ReadyAsync(HttpContext context)
    {
        var state = readiness.State;
        return AnswerAsync(context, Readiness.States.Of(state), ready: state is ReadinessState.Ready or ReadinessState.Degraded);
    }

    /// <summary>A probe reads the status; the body is not a problem, so that its shape is the same in every state.</summary>
    private static Task AnswerAsync(HttpContext context, string status, bool ready) =>
        context.AnswerAsync(new HealthResponse(status), ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}
