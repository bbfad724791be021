using System.Text;
using BudgetEngine.Api.Alerts;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Operations;

/// <summary>Health, and the page at the root.</summary>
internal sealed class OperationsEndpoints(Readiness readiness, KeyRing ring, CostCenterPage costCenters, LatestAlerts alerts) : IEndpoints
{
    /// <summary>Readable on a telephone too, and nothing else is asked for: no icon, no script, no style from elsewhere.</summary>
    private const string Head =
        """
        <!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>BudgetEngine</title><link rel="icon" href="data:,">
        <style>body{font-family:system-ui,sans-serif;max-width:70rem;margin:1rem auto;padding:0 1rem;overflow-wrap:break-word}.wide{overflow-x:auto}table{border-collapse:collapse}
        th,td{text-align:left;vertical-align:top;padding:.2rem .8rem .2rem 0;border-bottom:1px solid #ddd}td{white-space:nowrap}td.path{white-space:normal}.amount{text-align:right}</style>
        </head><body><h1>BudgetEngine</h1>
        """;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(OperatorPaths.Live, context => AnswerAsync(context, "live", ready: true))
            .WithMetadata(new Operation(Tags.Operations, "The process runs").Public().Gives<HealthResponse>());
        routes.MapGet(OperatorPaths.Ready, ReadyAsync)
            .WithMetadata(new Operation(Tags.Operations, "Requests may be sent here").Public().Gives<HealthResponse>()
                .Gives<HealthResponse>(StatusCodes.Status503ServiceUnavailable, "Starting or stopping"));
        routes.MapGet("/", RootAsync)
            .WithMetadata(new Operation(Tags.Operations, "A page for people").Public()
                .Takes(Parameter.Query("cost_center", "Shown with its limits, and the alerts are its own and those below it; where the links of alerts lead"))
                .Gives<string>(contentType: "text/html"));
    }

    private Task ReadyAsync(HttpContext context)
    {
        var state = readiness.State;
        return AnswerAsync(context, Readiness.States.Of(state), ready: state is ReadinessState.Ready or ReadinessState.Degraded);
    }

    /// <summary>A probe reads the status; the body is not a problem, so that its shape is the same in every state.</summary>
    private static Task AnswerAsync(HttpContext context, string status, bool ready) =>
        context.AnswerAsync(new HealthResponse(status), ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);

    private async Task RootAsync(HttpContext context)
    {
        var page = new StringBuilder(Head);
        page.Append("<p>").Append(ring.IsOpen ? OpenMode.Warning : "Alerts, budgets and spend are behind a key: <code>GET /v1/alerts</code>, <code>GET /v1/cost-centers</code>.").Append("</p>");
        page.Append("<ul><li><a href=\"/openapi/v1.json\">OpenAPI</a></li><li><a href=\"/health/ready\">Health</a></li></ul>");
        // What a key would be needed for is shown to those only who need none.
        if (ring.IsOpen && OpenMode.Admits(context)) await alerts.WriteAsync(page, await costCenters.WriteAsync(page, context), context.RequestAborted);
        else CostCenterPage.WriteWay(page, context, ring.IsOpen);
        page.Append("</body></html>");
        var bytes = Encoding.UTF8.GetBytes(page.ToString());
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
