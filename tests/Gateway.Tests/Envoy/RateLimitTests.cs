using System.Text;
using BudgetEngine.Envoy.Protocol;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Providers;
using BudgetEngine.TestKit.Waiting;
using Grpc.Core;
using RateLimitClient = BudgetEngine.Envoy.Protocol.RateLimitService.RateLimitServiceClient;
using Code = BudgetEngine.Envoy.Protocol.RateLimitResponse.Types.Code;
using Unit = BudgetEngine.Envoy.Protocol.RateLimitResponse.Types.RateLimit.Types.Unit;

namespace BudgetEngine.Gateway.Tests.Envoy;

/// <summary>The rate limit service, asked as Envoy asks it.</summary>
[Collection(nameof(EnvoyStand))]
public sealed class RateLimitTests(EnvoyStand stand)
{
    private static readonly object _profile = new { trust = new[] { "X-Cost-Center", "X-User-ID", "X-Budget-Model", "X-Budget-Max-Output-Tokens" }, default_amount = 0.25 };

    private readonly RateLimitClient _client = new(stand.Channel);

    [Fact]
    public async Task Hits_ThatAreMoney_AreHeldUntilTheLimit()
    {
        var (key, costCenter) = await stand.NewGatewayAsync(1, _profile);
        var answer = await AskAsync(key, 400_000, Descriptor(("cost_center", costCenter), ("user", "u-1"), ("hold", "micros")));
        Assert.Equal(Code.Ok, answer.OverallCode);
        var status = Assert.Single(answer.Statuses);
        Assert.Equal((Code.Ok, 1_000_000u, Unit.Day, 600_000u), (status.Code, status.CurrentLimit.RequestsPerUnit, status.CurrentLimit.Unit, status.LimitRemaining));
        Assert.InRange(status.DurationUntilReset.Seconds, 1, 86_400);
        var reservation = Assert.Single(answer.RequestHeadersToAdd);
        Assert.Equal("x-budget-reservation", reservation.Key);
        Assert.Equal("u-1", (await stand.Priced.Caller.GetAsync($"/v1/reservations/{reservation.Value}")).Is(200).GetProperty("user").GetString());

        var denied = await AskAsync(key, 700_000, Descriptor(("cost_center", costCenter), ("hold", "micros")));
        Assert.Equal((Code.OverLimit, Code.OverLimit, 600_000u), (denied.OverallCode, denied.Statuses[0].Code, denied.Statuses[0].LimitRemaining));
        Assert.Contains(denied.ResponseHeadersToAdd, h => h is { Key: "x-budget-code", Value: "budget_exceeded" });
        Assert.Contains("\"code\":\"budget_exceeded\"", Encoding.UTF8.GetString(denied.RawBody.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hits_ThatAreRequests_HoldTheDefaultAmountEach()
    {
        var (key, costCenter) = await stand.NewGatewayAsync(1, _profile);
        Assert.Equal(Code.Ok, (await AskAsync(key, 0, Descriptor(("cost_center", costCenter)))).OverallCode);
        Assert.Equal(Nano.Of(0.25m), (await stand.Priced.LimitOfAsync(costCenter)).Held);
        Assert.Equal(Code.OverLimit, (await AskAsync(key, 4, Descriptor(("cost_center", costCenter)))).OverallCode);
        Assert.Equal(Code.Ok, (await AskAsync(key, 3, Descriptor(("cost_center", costCenter)))).OverallCode);
        Assert.Equal(Nano.Of(1), (await stand.Priced.LimitOfAsync(costCenter)).Held);
    }

    [Fact]
    public async Task Requests_BeyondALimitByTheMinute_AreToldInItsOwnUnit()
    {
        var (key, costCenter) = await stand.NewGatewayAsync(1, _profile);
        await stand.Priced.Caller.SetBudgetAsync(costCenter, new { requests_per_minute = 1 });
        Assert.Equal(Code.Ok, (await AskAsync(key, 0, Descriptor(("cost_center", costCenter)))).OverallCode);

        var denied = await AskAsync(key, 0, Descriptor(("cost_center", costCenter)));

        var status = Assert.Single(denied.Statuses);
        Assert.Equal((Code.OverLimit, 1u, Unit.Minute, 0u), (status.Code, status.CurrentLimit.RequestsPerUnit, status.CurrentLimit.Unit, status.LimitRemaining));
        Assert.InRange(status.DurationUntilReset.Seconds, 50, 61);
        Assert.Contains(denied.ResponseHeadersToAdd, h => h is { Key: "ratelimit-policy", Value: "\"requests_per_minute\";q=1;w=60" });
        Assert.Contains(denied.ResponseHeadersToAdd, h => h is { Key: "x-budget-code", Value: "rate_limited" });
    }

    [Fact]
    public async Task Hits_ThatAreTokens_AreHeldAndChargedAtTheModelsPrice()
    {
        var (key, costCenter) = await stand.NewGatewayAsync(1, _profile);
        var held = await AskAsync(key, 1_000, Descriptor(("cost_center", costCenter), ("model", PricedEngine.Model), ("max_output_tokens", "50"), ("hold", "input_tokens")));
        Assert.Equal(Nano.Of(new Bill(1_000, 50).Cost), (await stand.Priced.LimitOfAsync(costCenter)).Held);
        await AskAsync(key, 7, Descriptor(("cost_center", costCenter), ("model", PricedEngine.Model), ("charge", "output_tokens"), ("reservation", held.RequestHeadersToAdd[0].Value)));
        var limit = await stand.Priced.LimitOfAsync(costCenter);
        Assert.Equal((Nano.Of(new Bill(0, 7).Cost), 0), (limit.Spent, limit.Held));
    }

    [Fact]
    public async Task Charge_AboveTheLimit_IsRecordedAllTheSame()
    {
        var (key, costCenter) = await stand.NewGatewayAsync(1, _profile);
        var answer = await AskAsync(key, 3_000_000, Descriptor(("cost_center", costCenter), ("user", "u-1"), ("charge", "micros")));
        Assert.Equal(Code.Ok, answer.OverallCode);
        Assert.Equal(Nano.Of(3), (await stand.Priced.LimitOfAsync(costCenter)).Spent);
        Assert.Equal("u-1", Assert.Single(await stand.Priced.Caller.ExportAsync(costCenter)).User);
        Assert.Equal(Code.OverLimit, (await PeekAsync(key, costCenter)).OverallCode);
    }

    [Fact]
    public async Task Hits_Of0_LookAndTakeNothing()
    {
        var (key, costCenter) = await stand.NewGatewayAsync(1, _profile);
        for (var i = 0; i < 3; i++) Assert.Equal((Code.Ok, 1_000_000u), ((await PeekAsync(key, costCenter)) is var p ? (p.OverallCode, p.Statuses[0].LimitRemaining) : default));
        Assert.Equal(0, (await stand.Priced.LimitOfAsync(costCenter)).Held);
    }

    [Fact]
    public async Task Limits_Above32Bits_AreToldSaturated_AndDecidedAsTheyAre()
    {
        var (key, costCenter) = await stand.NewGatewayAsync(10_000, _profile);
        // More than one record may cost by default.
        await stand.Priced.Caller.SetBudgetAsync(costCenter[..costCenter.IndexOf('/')], new { daily = 10_000, max_record_cost = 5_000 });
        var descriptor = Descriptor(("cost_center", costCenter), ("hold", "micros"));
        var first = await AskAsync(key, uint.MaxValue, descriptor);
        Assert.Equal((Code.Ok, uint.MaxValue, uint.MaxValue), (first.OverallCode, first.Statuses[0].CurrentLimit.RequestsPerUnit, first.Statuses[0].LimitRemaining));
        var second = await AskAsync(key, uint.MaxValue, descriptor);
        Assert.Equal((Code.Ok, 1_410_065_410u), (second.OverallCode, second.Statuses[0].LimitRemaining));
        Assert.Equal(Code.OverLimit, (await AskAsync(key, uint.MaxValue, descriptor)).OverallCode);
        // A descriptor's own hits have 64 bits: more than any amount may be is over every limit, and wraps nowhere.
        Assert.Equal(Code.OverLimit, (await AskAsync(key, 1, Descriptor(ulong.MaxValue, ("cost_center", costCenter), ("hold", "micros")))).OverallCode);
        Assert.Equal(Nano.Of(2 * 4_294.967295m), (await stand.Priced.LimitOfAsync(costCenter)).Held);
    }

    [Fact]
    public async Task Descriptors_OneIsOverItsLimit_TheOthersHoldNothing()
    {
        var (key, costCenter) = await stand.NewGatewayAsync(10, _profile);
        var poor = $"{costCenter}/poor";
        await stand.Priced.Caller.SetBudgetAsync(poor, new { daily = 0.1 });
        var answer = await AskAsync(key, 200_000, Descriptor(("cost_center", costCenter), ("hold", "micros")), Descriptor(("remote_address", "10.0.0.1")), Descriptor(("cost_center", poor), ("hold", "micros")));
        Assert.Equal(Code.OverLimit, answer.OverallCode);
        Assert.Equal([Code.Ok, Code.Ok, Code.OverLimit], answer.Statuses.Select(s => s.Code));
        Assert.Null(answer.Statuses[1].CurrentLimit);
        Assert.Empty(answer.RequestHeadersToAdd);
        await Eventually.HoldsAsync("nothing is held", async () => (await stand.Priced.LimitOfAsync(costCenter)).Held == 0);
    }

    [Fact]
    public async Task Entries_ThatTheProfileDoesNotTrust_DoNotCount()
    {
        var (key, costCenter) = await stand.NewGatewayAsync(1, new { trust = Array.Empty<string>(), default_amount = 0.25 });
        Assert.Equal(Code.Ok, (await AskAsync(key, 1, Descriptor(("cost_center", "elsewhere"), ("user", "forged")))).OverallCode);
        Assert.Equal(Nano.Of(0.25m), (await stand.Priced.LimitOfAsync(costCenter)).Held);
    }

    [Fact]
    public async Task BadEntries_AreOverTheLimit_SinceErrorsWouldPass()
    {
        var (key, costCenter) = await stand.NewGatewayAsync(1, _profile);
        foreach (var bad in new[] { Descriptor(("cost_center", "no//path")), Descriptor(("cost_center", costCenter), ("hold", "bananas")), Descriptor(("cost_center", costCenter), ("cost_center", costCenter)), Descriptor(("cost_center", "elsewhere")) })
        {
            Assert.Equal(Code.OverLimit, (await AskAsync(key, 1, bad)).OverallCode);
        }
    }

    [Fact]
    public async Task Questions_ThatCannotBeAnswered_AreErrors()
    {
        var (key, costCenter) = await stand.NewGatewayAsync(1, _profile, ["check"]);
        var sound = Descriptor(("cost_center", costCenter));
        await AssertErrorAsync(StatusCode.Unauthenticated, [], sound);
        await AssertErrorAsync(StatusCode.Unauthenticated, new Metadata { { "x-budget-key", "bk_wrong" } }, sound);
        await AssertErrorAsync(StatusCode.PermissionDenied, key, Descriptor(("cost_center", costCenter), ("charge", "micros")));
        await AssertErrorAsync(StatusCode.InvalidArgument, key);
        await AssertErrorAsync(StatusCode.InvalidArgument, key, [.. Enumerable.Repeat(sound, 17)]);
        // Field 4, true: what a refund of newer versions may look like. Booked as a charge it would be the opposite.
        await AssertErrorAsync(StatusCode.Unimplemented, key, RateLimitDescriptor.Parser.ParseFrom([.. Google.Protobuf.MessageExtensions.ToByteArray(sound), 0x20, 0x01]));
        Assert.Equal(0, (await stand.Priced.LimitOfAsync(costCenter)).Held);
    }

    [Fact]
    public async Task Charge_ThatIsNotRecorded_IsAnError()
    {
        var (key, costCenter) = await stand.NewGatewayAsync(1, _profile);
        await AssertErrorAsync(StatusCode.FailedPrecondition, key, Descriptor(("cost_center", costCenter), ("charge", "output_tokens")));
        await AssertErrorAsync(StatusCode.FailedPrecondition, key, Descriptor(("cost_center", "elsewhere"), ("charge", "micros")));
    }

    private async Task AssertErrorAsync(StatusCode status, Metadata key, params RateLimitDescriptor[] descriptors) =>
        Assert.Equal(status, (await Assert.ThrowsAsync<RpcException>(() => AskAsync(key, 1, descriptors))).StatusCode);

    private Task<RateLimitResponse> PeekAsync(Metadata key, string costCenter) => AskAsync(key, 1, Descriptor(0, ("cost_center", costCenter), ("hold", "micros")));

    private async Task<RateLimitResponse> AskAsync(Metadata key, uint hits, params RateLimitDescriptor[] descriptors) =>
        await _client.ShouldRateLimitAsync(new RateLimitRequest { Domain = "budget", HitsAddend = hits, Descriptors = { descriptors } }, key);

    private static RateLimitDescriptor Descriptor(ulong hits, params (string Key, string Value)[] entries)
    {
        var descriptor = Descriptor(entries);
        descriptor.HitsAddend = hits;
        return descriptor;
    }

    private static RateLimitDescriptor Descriptor(params (string Key, string Value)[] entries) =>
        new() { Entries = { entries.Select(e => new RateLimitDescriptor.Types.Entry { Key = e.Key, Value = e.Value }) } };
}
