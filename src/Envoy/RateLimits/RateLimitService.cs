using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Gateway;
using BudgetEngine.Api.Keys;
using BudgetEngine.Envoy.Hosting;
using BudgetEngine.Envoy.Protocol;
using BudgetEngine.Ledger;
using Grpc.Core;
using Status = Grpc.Core.Status;
using StatusCode = Grpc.Core.StatusCode;
using Code = BudgetEngine.Envoy.Protocol.RateLimitResponse.Types.Code;
using DescriptorStatus = BudgetEngine.Envoy.Protocol.RateLimitResponse.Types.DescriptorStatus;

namespace BudgetEngine.Envoy.RateLimits;

/// <summary>Envoy's rate limit service over budgets: every descriptor must be within its limits. Bad input is over the limit, since Envoy lets errors pass by default.</summary>
internal sealed class RateLimitService(Gate gate, DescriptorChecks checks, TimeProvider clock) : Protocol.RateLimitService.RateLimitServiceBase
{
    /// <summary>Descriptors of one request.</summary>
    private const int MaxDescriptors = 16;

    public override async Task<RateLimitResponse> ShouldRateLimit(RateLimitRequest request, ServerCallContext context)
    {
        var call = context.GetHttpContext();
        if (gate.EnterGateway(call, out var caller) is { } problem) throw new RpcException(new Status(StatusOf(problem), problem.Detail));
        var descriptors = Read(request);
        if (descriptors.Exists(d => d.Charges && d.Hits > 0) && !caller.Has(Scopes.Usage)) throw new RpcException(new Status(StatusCode.PermissionDenied, "A charge needs the scope usage."));
        var answers = await AskAllAsync(descriptors, caller, context);
        var response = new RateLimitResponse { OverallCode = Code.Ok };
        foreach (var answer in answers) response.Statuses.Add(answer is { } given ? RateLimitAnswers.StatusOf(given, clock.GetUtcNow()) : new DescriptorStatus { Code = Code.Ok });
        if (answers.Find(a => a?.Denial is not null) is { Denial: { } denial })
        {
            response.OverallCode = Code.OverLimit;
            RateLimitAnswers.AddDenial(response, denial);
            return response;
        }

        foreach (var id in answers.Select(a => a?.Decision?.ReservationId).OfType<string>()) response.RequestHeadersToAdd.Add(new HeaderValue { Key = "x-budget-reservation", Value = id });
        return response;
    }

    private static List<Descriptor> Read(RateLimitRequest request)
    {
        if (request.Descriptors.Count is 0 or > MaxDescriptors) throw new RpcException(new Status(StatusCode.InvalidArgument, $"There must be 1 to {MaxDescriptors} descriptors."));
        if (request.Descriptors.Any(Descriptor.HasUnknownFields)) throw new RpcException(new Status(StatusCode.Unimplemented, "A descriptor has a field that is not known here; refunds are not served."));
        return [.. request.Descriptors.Select(d => Descriptor.Read(d, request.HitsAddend))];
    }

    /// <summary>In their order; null: a descriptor that means nothing here. Where one is over its limit, or nobody waits any more, what the others hold is given back.</summary>
    private async Task<List<GatewayAnswer?>> AskAllAsync(List<Descriptor> descriptors, ApiKey caller, ServerCallContext context)
    {
        var answers = new List<GatewayAnswer?>(descriptors.Count);
        try
        {
            // One after the other: a descriptor after one that is over its limit only looks.
            var isOver = false;
            foreach (var descriptor in descriptors)
            {
                var asked = isOver && !descriptor.Charges ? descriptor with { Hits = 0 } : descriptor;
                GatewayAnswer? answer = descriptor.IsKnown ? await checks.AskAsync(asked, caller, context.Left(clock)) : null;
                // What was used is recorded, whatever is left: it is no reason to stop what has happened.
                answers.Add(descriptor.Charges && descriptor.Hits > 0 && answer is { } charged ? charged with { Denial = null } : answer);
                isOver |= answers[^1]?.Denial is not null;
            }

            if (isOver || context.CancellationToken.IsCancellationRequested) await TakeBackAsync(answers);
            return answers;
        }
        catch (LedgerUnavailableException)
        {
            await TakeBackAsync(answers);
            throw new RpcException(new Status(StatusCode.Unavailable, "The ledger cannot be reached now; the outcome is unknown."));
        }
        catch
        {
            await TakeBackAsync(answers);
            throw;
        }
    }

    private async Task TakeBackAsync(List<GatewayAnswer?> answers)
    {
        foreach (var answer in answers)
        {
            if (answer is { } held) await checks.TakeBackAsync(held);
        }
    }

    private static StatusCode StatusOf(Problem problem) => problem.Code == ApiCode.MissingScope ? StatusCode.PermissionDenied : StatusCode.Unauthenticated;
}
