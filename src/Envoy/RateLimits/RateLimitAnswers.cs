using System.Buffers;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Gateway;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Envoy.Protocol;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;
using Code = BudgetEngine.Envoy.Protocol.RateLimitResponse.Types.Code;
using DescriptorStatus = BudgetEngine.Envoy.Protocol.RateLimitResponse.Types.DescriptorStatus;
using RateLimit = BudgetEngine.Envoy.Protocol.RateLimitResponse.Types.RateLimit;
using Unit = BudgetEngine.Envoy.Protocol.RateLimitResponse.Types.RateLimit.Types.Unit;

namespace BudgetEngine.Envoy.RateLimits;

/// <summary>Answers of the gateway dialect in the rate limit service's messages.</summary>
internal static class RateLimitAnswers
{
    private const long NanosPerMicro = 1_000;

    /// <summary>The status of a descriptor: the tightest window that the key may see, in millionths of the currency.</summary>
    public static DescriptorStatus StatusOf(GatewayAnswer answer, DateTimeOffset now)
    {
        var status = new DescriptorStatus { Code = answer.Denial is null ? Code.Ok : Code.OverLimit };
        if (answer is { Denial: not null, Decision.RateLimit: { Hidden: false } limit })
        {
            status.CurrentLimit = new RateLimit { RequestsPerUnit = (uint)limit.Limit.Nanos, Unit = Unit.Minute, Name = limit.CostCenter };
            status.LimitRemaining = (uint)Math.Max(0, limit.Available.Nanos);
            if (answer.Decision.RetryAfterSeconds is { } seconds) status.DurationUntilReset = Duration.FromTimeSpan(TimeSpan.FromSeconds(seconds));
            return status;
        }

        if ((answer.Denial is null ? answer.Decision?.Tightest : answer.Decision?.BlockedBy ?? answer.Decision?.Tightest) is not { Hidden: false } window) return status;
        status.CurrentLimit = new RateLimit { RequestsPerUnit = Saturated(window.Limit.Nanos), Unit = UnitOf(window.Period), Name = window.CostCenter };
        status.LimitRemaining = Saturated(window.Available.Nanos);
        if (window.ResetsAt is { } resetsAt) status.DurationUntilReset = Duration.FromTimeSpan(resetsAt > now ? resetsAt - now : TimeSpan.Zero);
        return status;
    }

    /// <summary>Adds what the client of a denied request is told.</summary>
    public static void AddDenial(RateLimitResponse response, GatewayDenial denial)
    {
        var (headers, body) = (new HeaderDictionary(), new ArrayBufferWriter<byte>());
        denial.WriteHeaders(headers);
        denial.WriteBody(body);
        foreach (var (name, values) in headers) response.ResponseHeadersToAdd.Add(new HeaderValue { Key = name.ToLowerInvariant(), Value = values });
        response.RawBody = ByteString.CopyFrom(body.WrittenSpan);
    }

    /// <summary>The service counts in 32 bits: what is above 4,294.967295 is told as that, and decided by the true limit all the same.</summary>
    private static uint Saturated(long nanos) => (uint)Math.Clamp(nanos / NanosPerMicro, 0, uint.MaxValue);

    private static Unit UnitOf(Period period) => period switch { Period.Daily => Unit.Day, Period.Weekly => Unit.Week, Period.Monthly => Unit.Month, _ => Unit.Unknown };
}
