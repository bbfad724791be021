using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Wording;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.CostCenters;

/// <summary><c>GET /v1/limits</c>: every limited window of a path, with what is left: a check that asks for nothing and holds nothing.</summary>
internal sealed class LimitEndpoints(Gate gate, CheckService checks, IOptions<CheckOptions> options) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/limits", gate.Guard(Scopes.Check | Scopes.Read, GetAsync))
            .WithMetadata(new Operation(Tags.CostCenters, "Every limited window of a path", "Scope: check or read.")
                .Takes(Parameter.CostCenter with { IsRequired = true }, Parameter.User).Gives<LimitsResponse>());

    private async Task<Problem?> GetAsync(HttpContext context, ApiKey caller)
    {
        var faults = new FaultList();
        var query = new QueryReader(context, faults);
        var user = query.Text("user", TextRules.MaxUser);
        var asked = query.CostCenter("cost_center");
        if (asked is null && !context.Request.Query.ContainsKey("cost_center")) faults.Add("cost_center", "is required");
        if (query.Problem() is { } problem) return problem;
        var command = new CheckCommand
        {
            CostCenter = asked!.Value,
            User = user ?? UsageRow.AnonymousUser,
            DryRun = true,
            Explain = true,
            Unestimated = true,
            VisibleDepth = caller.Subtree.Depth,
            AnswerWithin = options.Value.ApiDeadline,
        };
        if (checks.Admit(caller, ref command) is { } outside) return outside;
        var decision = await checks.CheckAsync(command, CancellationToken.None);
        // One path has at most a hundred windows: always one page.
        return await context.AnswerAsync(
            new LimitsResponse(command.CostCenter.Path, user, Words.Decision(decision.Allowed), decision.Reason, WindowResponse.Of(decision.Budgets), NextCursor: null));
    }
}
