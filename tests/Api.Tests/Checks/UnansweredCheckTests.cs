using System.Reflection;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Writer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Tests.Checks;

/// <summary>What a check answers whose cost center does not.</summary>
[Collection(nameof(OpenHost))]
public sealed class UnansweredCheckTests(OpenHost host)
{
    private static readonly TimeSpan Within = TimeSpan.FromMilliseconds(50);

    /// <summary>Where the test itself moves the clock, no real time may run out.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task DryRun_ThatGetsNoAnswer_TakesNothingOfWhatAnOutageMayCost()
    {
        var checks = await ServiceAsync("mute-dry", (_, _) => Never());

        for (var i = 0; i < 3; i++)
        {
            var look = await checks.CheckAsync(Check("mute-dry", dryRun: true), CancellationToken.None);
            Assert.Equal((true, true), (look.Allowed, look.Degraded));
        }

        Assert.True((await checks.CheckAsync(Check("mute-dry"), CancellationToken.None)).Allowed);
        Assert.False((await checks.CheckAsync(Check("mute-dry"), CancellationToken.None)).Allowed);
        Assert.False((await checks.CheckAsync(Check("mute-dry", dryRun: true), CancellationToken.None)).Allowed);
    }

    [Fact]
    public async Task Check_WhoseFirstMessageIsLostLate_HasOnlyTheRestOfItsTime()
    {
        var given = new List<TimeSpan>();
        var checks = await ServiceAsync("mute-lost", async (request, clock) =>
        {
            given.Add(request.AnswerWithin);
            clock.Advance(Patience / 2);
            await Task.Yield();
            throw new OrleansException("lost");
        });

        Assert.False((await checks.CheckAsync(Check("mute-lost") with { Amount = Dollars(9), AnswerWithin = Patience }, CancellationToken.None)).Allowed);
        Assert.Equal(2, given.Count);
        Assert.True(given[1] <= given[0] - Patience / 2, $"{given[0]}, then {given[1]}");
    }

    private static Money Dollars(int dollars) => new(dollars * 1_000_000_000L);

    private static CheckCommand Check(string tenant, bool dryRun = false)
    {
        Assert.True(CostCenterId.TryParse(tenant, out var costCenter, out _));
        return new CheckCommand { CostCenter = costCenter, User = "amy", Amount = Dollars(3), Ttl = TimeSpan.FromSeconds(60), DryRun = dryRun, AnswerWithin = Within };
    }

    private static async Task<ReserveReply> Never() => await new TaskCompletionSource<ReserveReply>().Task;

    private async Task<CheckService> ServiceAsync(string tenant, Func<ReserveRequest, SteppedClock, Task<ReserveReply>> answer)
    {
        (await host.Api.SendAsync("PUT", $"/v1/budgets/{tenant}", """{"daily":100,"on_outage":"allow","on_outage_limit":5}""")).Expect(System.Net.HttpStatusCode.Created);
        var services = host.Api.Services;
        var clock = new SteppedClock();
        var factory = DispatchProxy.Create<IGrainFactory, GrainProxy>();
        var grain = DispatchProxy.Create<ICostCenterGrain, GrainProxy>();
        ((GrainProxy)(object)factory).Answer = _ => grain;
        ((GrainProxy)(object)grain).Answer = arguments => answer((ReserveRequest)arguments[0]!, clock);
        return new CheckService(
            new CostCenterCalls(factory, clock), services.GetRequiredService<Catalog>(), services.GetRequiredService<Tenants>(), new DegradedAllowances(), Resolution.Nano, clock, new IdSource(),
            services.GetRequiredService<IOptions<CheckOptions>>());
    }

    public class GrainProxy : DispatchProxy
    {
        public Func<object?[], object?> Answer { get; set; } = _ => null;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Answer(args ?? []);
    }

    /// <summary>Real time, and what a test adds to it.</summary>
    private sealed class SteppedClock : TimeProvider
    {
        private long _added;

        public void Advance(TimeSpan by) => _added += (long)(by.TotalSeconds * TimestampFrequency);

        public override long GetTimestamp() => base.GetTimestamp() + _added;
    }
}
