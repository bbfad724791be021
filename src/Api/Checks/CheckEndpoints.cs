using BudgetEngine.Api.Denials;
using BudgetEngine.Api.Events;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Metrics;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Amounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Checks;

/// <summary><c>POST /v1/check</c>: the hot path.</summary>
internal sealed class CheckEndpoints(
    Gate gate, CheckService checks, DecisionSamples samples, DenialLog denials, CheckMetrics metrics, Resolution resolution, IOptions<CheckOptions> options, BodyReader bodies) : IEndpoints
{
    private readonly TimeSpan _answerWithin = options.Value.ApiDeadline;
    private readonly int _maxBodyBytes = options.Value.MaxBodyBytes;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/check", HandleAsync)
            .WithMetadata(new Operation(Tags.Check, "Ask before a request: allow and hold, or deny", "Scope: check.")
                .Reads<CheckRequest>().Shows("""{ "cost_center": "acme/engineering/search", "user": "u-17", "amount": 0.02, "ttl_seconds": 60 }""")
                .Gives<CheckResponse>(description: "A decision was reached"));

    private async Task HandleAsync(HttpContext context)
    {
        var startedAt = metrics.Start();
        var problem = gate.Enter(context, Scopes.Check, out var caller);
        if (problem is null)
        {
            var body = await bodies.ReadJsonAsync(context, _maxBodyBytes);
            problem = body.Problem;
            CheckCommand? command = null;
            if (problem is null)
            {
                problem = CheckJson.TryRead(body.Bytes, resolution, _answerWithin, caller.Subtree.Depth, out command);
                body.Release();
            }

            problem ??= checks.Admit(caller, ref command!);
            if (problem is null)
            {
                // No token: once asked, a check runs to its deadline, so that a caller who leaves leaves nothing half-done.
                var decision = await checks.CheckAsync(command!, CancellationToken.None);
                try
                {
                    metrics.Answered(CheckProtocol.Check, decision, command!.DryRun, startedAt);
                    samples.Offer(command, decision);
                    denials.Offer(command, decision);
                    await CheckAnswerJson.SendAsync(context, resolution, decision, command.Explain);
                }
                catch when (!context.Response.HasStarted)
                {
                    await checks.TakeBackAsync(command!.CostCenter, decision);
                    throw;
                }

                return;
            }
        }

        await problem.WriteAsync(context);
    }
}
