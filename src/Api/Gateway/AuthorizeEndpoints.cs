using System.Globalization;
using System.Text;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Events;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Metrics;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Api.Operations;
using BudgetEngine.Domain.Wording;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Gateway;

/// <summary><c>/v1/authorize</c>: the check that a gateway asks before it passes a request on (nginx <c>auth_request</c>, Envoy <c>ext_authz</c>, Traefik).</summary>
internal sealed class AuthorizeEndpoints(
    Gate gate, CheckService checks, DecisionSamples samples, CheckMetrics metrics, TimeProvider clock, IOptions<CheckOptions> options,
    IOptions<InstallationOptions> installation) : IEndpoints
{
    private const string Denied = "402 budget_exceeded, 429 rate_limited, 403 any other reason, bad input included; or the profile's deny_status";

    private static readonly Operation Described = Describe();

    private readonly TimeSpan _answerWithin = options.Value.Deadline;
    private readonly string _currency = installation.Value.Currency;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Map(RawTarget.AuthorizePath, HandleAsync).WithMetadata(Described);
        routes.Map(RawTarget.AuthorizePath + "/{**rest}", HandleAsync).WithMetadata(Described);
    }

    private static Operation Describe()
    {
        var operation = new Operation(Tags.Gateway, "Ask before a request is passed on", "Scope: check.")
            .Takes([.. GatewayProfile.InputHeaders.Select(h => Parameter.Header(h, "Counts only if the key's profile trusts it."))])
            .GivesNothing(StatusCodes.Status200OK, "Allowed; no body")
            .WithHeaders(
                "X-Budget-Decision", "X-Budget-Reservation", "X-Budget-Remaining", "X-Budget-Utilization", "X-Budget-Currency", "X-Cost-Center", "X-Session-ID", RequestIds.Header);
        foreach (var status in (int[])[StatusCodes.Status402PaymentRequired, StatusCodes.Status403Forbidden, StatusCodes.Status429TooManyRequests])
        {
            operation = operation.Gives<GatewayDenialResponse>(status, Denied, Problem.ContentType)
                .Gives(status, Denied, Operation.Json, typeof(OpenAiDenialResponse), typeof(AnthropicDenialResponse));
        }

        return operation;
    }

    private async Task HandleAsync(HttpContext context)
    {
        var startedAt = metrics.Start();
        var problem = gate.EnterGateway(context, out var caller);
        var requestId = RequestIds.Of(context);
        if (problem is { Code: not ApiCode.MissingScope })
        {
            await new GatewayDenial(problem.Code, GatewayProfile.Default, requestId) { IsKeyless = true, Now = clock.GetUtcNow() }.WriteAsync(context);
            return;
        }

        var faults = new FaultList();
        string? session = null;
        var command = problem is null ? new GatewayInput(context, caller, faults).Read(_answerWithin, out session) : null;
        problem ??= faults.ToProblem() ?? caller.See(command!.CostCenter.Path);
        if (problem is not null)
        {
            await new GatewayDenial(problem.Code, caller.Gateway, requestId) { Fault = problem, Now = clock.GetUtcNow() }.WriteAsync(context);
            return;
        }

        command = command! with { Label = requestId };
        var decision = await checks.CheckAsync(command, CancellationToken.None);
        var path = command.CostCenter.Path;
        try
        {
            metrics.Answered(CheckProtocol.Authorize, decision, dryRun: false, startedAt);
            samples.Offer(command, decision);
            if (decision.Allowed) WriteAllowed(context, decision, path, session, requestId);
        }
        catch
        {
            await checks.TakeBackAsync(command.CostCenter, decision);
            throw;
        }

        if (decision.Allowed) return;
        await new GatewayDenial(decision.Reason!, caller.Gateway, requestId) { Decision = decision, CostCenter = path, Now = clock.GetUtcNow() }.WriteAsync(context);
    }

    private void WriteAllowed(HttpContext context, CheckAnswer decision, string path, string? session, string requestId)
    {
        context.Response.ContentLength = 0;
        var headers = context.Response.Headers;
        headers["X-Budget-Decision"] = Words.Allow;
        if (decision.ReservationId is { } id) headers["X-Budget-Reservation"] = id;
        if (decision.Tightest is { Hidden: false } tightest)
        {
            headers["X-Budget-Remaining"] = tightest.Remaining.ToString();
            if (tightest.Utilization is { } utilization) headers["X-Budget-Utilization"] = utilization.ToString("0.####", CultureInfo.InvariantCulture);
        }

        headers["X-Budget-Currency"] = _currency;
        headers["X-Cost-Center"] = path;
        if (session is not null && Ascii.IsValid(session)) headers["X-Session-ID"] = session;
        headers[RequestIds.Header] = requestId;
    }
}
