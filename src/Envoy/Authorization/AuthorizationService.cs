using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Gateway;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Metrics;
using BudgetEngine.Envoy.Hosting;
using BudgetEngine.Envoy.Protocol;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Envoy.Authorization;

/// <summary>Envoy's external authorization: the gateway dialect over gRPC. Denials and bad input are answers; an error is only what Envoy has its own rule for.</summary>
internal sealed class AuthorizationService(Gate gate, GatewayChecks checks, TimeProvider clock) : Protocol.Authorization.AuthorizationBase
{
    public override async Task<CheckResponse> Check(CheckRequest request, ServerCallContext context)
    {
        var startedAt = checks.Start();
        var call = context.GetHttpContext();
        var input = new CheckInput(request);
        // The key is Envoy's own word: the metadata of its call, or its route's configuration; never a header of the request that it asks about.
        var own = call.Request.Headers[Gate.KeyHeader];
        var problem = gate.EnterGateway(call, own.Count > 0 ? own : input.Key, out var caller);
        var (trusting, inputs) = input.Read(caller);
        var question = new GatewayQuestion(inputs, trusting, RequestIds.Of(input.Header(RequestIds.Header)), CheckProtocol.ExtAuthz)
        {
            Problem = problem, StartedAt = startedAt, Within = context.Left(clock),
        };
        var answer = await checks.AskAsync(question);
        if (answer.Denial is { } denial) return CheckAnswers.Denied(denial);
        // If Envoy waits no longer it answers by its own rule, and the request, if it passes, has no reservation.
        call.Response.OnCompleted(() => call.RequestAborted.IsCancellationRequested ? checks.TakeBackAsync(answer) : Task.CompletedTask);
        try
        {
            var headers = new HeaderDictionary();
            checks.WriteAllowed(headers, answer);
            return CheckAnswers.Allowed(answer, headers, input.Names);
        }
        catch
        {
            await checks.TakeBackAsync(answer);
            throw;
        }
    }
}
