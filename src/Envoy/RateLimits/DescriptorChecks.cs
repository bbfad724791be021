using System.Globalization;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Gateway;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Metrics;
using BudgetEngine.Api.Usage;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Envoy.RateLimits;

/// <summary>Asks about one descriptor, or records what it charges.</summary>
internal sealed class DescriptorChecks(GatewayChecks checks, UsageService usage, Resolution resolution)
{
    /// <summary>Millionths of the currency in one unit of it.</summary>
    private const decimal MicrosPerUnit = 1_000_000m;

    /// <summary>The answer of a check; a charge is answered by what is left afterwards.</summary>
    /// <exception cref="RpcException">A charge that is not recorded.</exception>
    public async Task<GatewayAnswer> AskAsync(Descriptor descriptor, ApiKey caller, TimeSpan? within)
    {
        var question = new GatewayQuestion(descriptor.Inputs, caller, RequestIds.New(), CheckProtocol.RateLimit) { StartedAt = checks.Start(), Within = within };
        if (descriptor.Fault is { } fault) question = question with { Fault = new Problem(ApiCode.InvalidRequest, fault) };
        if (descriptor.Hits == 0) return await checks.AskAsync(question with { Peeks = true });
        if (!descriptor.Charges) return await checks.AskAsync(Holding(question, descriptor, caller));
        var peek = await checks.AskAsync(question with { Peeks = true });
        if (peek.Command is not { } command) throw new RpcException(new Status(StatusCode.FailedPrecondition, peek.Denial!.Code));
        await ChargeAsync(descriptor, command.CostCenter.Path, command.User, command.Model, caller);
        return peek;
    }

    public Task TakeBackAsync(GatewayAnswer answer) => checks.TakeBackAsync(answer);

    private GatewayQuestion Holding(GatewayQuestion question, Descriptor descriptor, ApiKey caller)
    {
        switch (descriptor.Unit)
        {
            case HitUnit.Micros:
                return question with { Amount = AmountOf(descriptor.Hits / MicrosPerUnit) };
            case HitUnit.Requests:
                // As in the dialect without hits: nothing to estimate from is the profile's default amount, and 0 of it passes while anything is left.
                return caller.Gateway.DefaultAmount > 0 && descriptor.Hits > 1 ? question with { Amount = AmountOf(Times(caller.Gateway.DefaultAmount, descriptor.Hits)) } : question;
            case HitUnit.InputTokens:
                return question with { Inputs = WithTokens(descriptor, "X-Budget-Input-Tokens"), Caller = Trusting(caller, "X-Budget-Input-Tokens") };
            default:
                var inputs = WithTokens(descriptor, "X-Budget-Max-Output-Tokens");
                inputs["X-Budget-Input-Tokens"] = "0";
                return question with { Inputs = inputs, Caller = Trusting(caller, "X-Budget-Input-Tokens", "X-Budget-Max-Output-Tokens") };
        }
    }

    private async Task ChargeAsync(Descriptor descriptor, string costCenter, string user, string? model, ApiKey caller)
    {
        var record = new UsageInput
        {
            // Never an id of the end client: a record under an id that it chooses could be a repeat of another.
            RequestId = RequestIds.New(), CostCenter = costCenter, User = user, Model = model, ReservationId = descriptor.Reservation,
            Cost = descriptor.Unit switch
            {
                HitUnit.Micros => descriptor.Hits / MicrosPerUnit, HitUnit.Requests => Times(caller.Gateway.DefaultAmount, descriptor.Hits), _ => null,
            },
            InputTokens = descriptor.Unit == HitUnit.InputTokens ? Count(descriptor.Hits) : null,
            OutputTokens = descriptor.Unit == HitUnit.OutputTokens ? Count(descriptor.Hits) : null,
        };
        var result = (await usage.PostAsync([record], caller.Subtree, bulk: false, CancellationToken.None))[0];
        if (result.Kind == UsageResultKind.Rejected) throw new RpcException(new Status(result.Retryable ? StatusCode.Unavailable : StatusCode.FailedPrecondition, $"{result.Code}: {result.Detail}"));
    }

    /// <summary>The protocol's own number of tokens counts in the place of what the inputs say.</summary>
    private static HeaderDictionary WithTokens(Descriptor descriptor, string header)
    {
        var inputs = new HeaderDictionary();
        foreach (var (name, values) in descriptor.Inputs) inputs[name] = values;
        inputs[header] = Count(descriptor.Hits).ToString(CultureInfo.InvariantCulture);
        return inputs;
    }

    private static ApiKey Trusting(ApiKey caller, params string[] headers) => caller with { Gateway = caller.Gateway with { Trust = [.. caller.Gateway.Trust, .. headers] } };

    private static long Count(ulong hits) => (long)Math.Min(hits, (ulong)TokenCounts.MaxTokens);

    /// <summary>At most what any amount may be: that fits in no budget either.</summary>
    private decimal Times(decimal each, ulong hits) => hits == 0 || each <= resolution.MaxInput / hits ? each * hits : resolution.MaxInput;

    private Money AmountOf(decimal units) => resolution.TryRoundUp(units, out var amount) ? Money.Min(amount, Money.MaxInput) : Money.MaxInput;
}
