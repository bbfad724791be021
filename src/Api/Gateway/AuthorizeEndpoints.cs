using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Metrics;
using BudgetEngine.Api.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Gateway;

/// <summary><c>/v1/authorize</c>: the check that a gateway asks before it passes a request on (nginx <c>auth_request</c>, Envoy <c>ext_authz</c>, Traefik).</summary>
internal sealed class AuthorizeEndpoints(Gate gate, GatewayChecks checks) : IEndpoints
{
    private const string Denied = "402 budget_exceeded, 429 rate_limited, 403 any other reason, bad input included; or the profile's deny_status";

    private static readonly Operation Described = Describe();

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Map(RawTarget.AuthorizePath, HandleAsync).WithMetadata(Described);
        routes.Map(RawTarget.AuthorizePath + "/{**rest}", HandleAsync).ExcludeFromDescription();
    }

    private static Operation Describe()
    {
        var operation = new Operation(Tags.Gateway, "Ask before a request is passed on", "Scope: check. Any method, and any path below this one, is the same question: gateways append the client's.").OfAnyMethod()
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
        var startedAt = checks.Start();
        var problem = gate.EnterGateway(context, out var caller);
        var question = new GatewayQuestion(context.Request.Headers, caller, RequestIds.Of(context), CheckProtocol.Authorize) { Problem = problem, StartedAt = startedAt };
        var answer = await checks.AskAsync(question);
        if (answer.Denial is { } denial)
        {
            await denial.WriteAsync(context);
            return;
        }

        try
        {
            context.Response.ContentLength = 0;
            checks.WriteAllowed(context.Response.Headers, answer);
        }
        catch
        {
            await checks.TakeBackAsync(answer);
            throw;
        }
    }
}
