using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace BudgetEngine.Api.Events;

/// <summary><c>GET /v1/events</c>: server-sent events of the key's subtree.</summary>
internal sealed class EventEndpoints(Gate gate, EventHub hub, AlertFollower alerts, EventStreams streams, IHostApplicationLifetime lifetime) : IEndpoints
{
    private static readonly Problem Stopping = new(ApiCode.ShuttingDown, "This process is stopping; listen at another.");

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/events", gate.Guard(Scopes.Read, ListenAsync))
            .WithMetadata(new Operation(Tags.Operations, "Live events (SSE)", "Scope: read.")
                .Takes(Parameter.CostCenter, Parameter.OneOf("decisions", "true", "false") with { Description = "false: without samples of decisions." }, Parameter.Header("Last-Event-ID", "Resumes within 5 minutes."))
                .Gives<string>(description: "Events decision, spend, alert, budget; a comment every 15 s", contentType: "text/event-stream"));

    private async Task<Problem?> ListenAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var asked = query.CostCenter("cost_center");
        var withoutDecisions = query.Word("decisions", "true", "false") == "false";
        if ((query.Problem() ?? caller.Under(asked, out _)) is { } problem) return problem;
        caller.Under(asked, out var root);
        if (lifetime.ApplicationStopping.IsCancellationRequested) return Stopping;
        var last = context.Request.Headers["Last-Event-ID"];
        if (hub.Join(new EventFilter(root, caller.Subtree.Depth) { WithoutDecisions = withoutDecisions }, LiveEventId.Parse(last.Count == 1 ? last[0] : null), caller.Subtree.CostCenter) is not { } listener)
        {
            return new Problem(
                caller.IsWholeInstallation ? ApiCode.Overloaded : ApiCode.QuotaExceeded, $"Too many listeners at this process. {hub.Shares.Describe(caller.Subtree.CostCenter)}");
        }

        try
        {
            // Before the answer begins: what is stored from then on is told.
            await alerts.FollowAsync(context.RequestAborted);
            await streams.RunAsync(context, caller, listener);
            return null;
        }
        finally
        {
            hub.Leave(listener);
        }
    }
}
