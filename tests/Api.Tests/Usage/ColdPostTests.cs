using System.Net;
using System.Text;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Api.Usage;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Grains.Interfaces.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace BudgetEngine.Api.Tests.Usage;

/// <summary>A body of many cost centers that are not in memory.</summary>
public class ColdPostTests
{
    private const int CostCenters = 60;

    [Fact]
    public async Task Body_OfManyColdCostCenters_BringsFewToMemoryAtATime()
    {
        var (reply, most) = await PostAsync(fails: false);

        Assert.Equal(CostCenters, (int)reply.Json["recorded"]!);
        Assert.Equal(ColdTurns.MaxAtOnce, most);
    }

    [Fact]
    public async Task Bodies_OfManyColdCostCenters_ShareTheirTurns()
    {
        ColdCalls? calls = null;
        await using var api = await StartAsync(made => calls = made, fails: false);

        var replies = await Task.WhenAll(Enumerable.Range(0, 3).Select(body => PostAsync(api, body)));

        Assert.All(replies, r => Assert.Equal(CostCenters, (int)r.Json["recorded"]!));
        Assert.Equal(ColdTurns.MaxAtOnce, calls!.Most);
    }

    [Fact]
    public async Task Turns_OfWhatDoesNotComeIntoMemory_KeepOthersForASetTimeOnly()
    {
        var clock = new FakeTimeProvider();
        var turns = new ColdTurns(clock);
        var stuck = new TaskCompletionSource<bool>();
        var waiting = Enumerable.Range(0, ColdTurns.MaxAtOnce).Select(_ => turns.RunAsync(() => stuck.Task)).ToList();
        var other = turns.RunAsync(() => Task.FromResult(true));

        clock.Advance(ColdTurns.Patience - TimeSpan.FromMilliseconds(1));
        Assert.False(other.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(await other);

        stuck.SetResult(true);
        Assert.All(await Task.WhenAll(waiting), Assert.True);
        // Its turn was never taken, so none is given back twice.
        var begun = 0;
        var most = Enumerable.Range(0, ColdTurns.MaxAtOnce + 1).Select(_ => turns.RunAsync(() => Held(ref begun))).ToList();
        Assert.Equal(ColdTurns.MaxAtOnce, begun);
        Assert.Equal(ColdTurns.MaxAtOnce + 1, most.Count);

        static Task<bool> Held(ref int begun)
        {
            begun++;
            return new TaskCompletionSource<bool>().Task;
        }
    }

    [Fact]
    public async Task Body_OfCostCentersThatCannotBeReached_IsAnsweredAfterTwoTimeoutsAtMost()
    {
        var (reply, most) = await PostAsync(fails: true);

        Assert.Equal(CostCenters, (int)reply.Json["rejected"]!);
        // Some of the first may still be on their way out.
        Assert.InRange(most, CostCenters - ColdTurns.MaxAtOnce, CostCenters);
    }

    [Fact]
    public async Task CostCenter_IsCold_UntilItHasBeenCalled()
    {
        await using var api = await ApiHost.StartAsync(["--Keys:Open=true"]);
        var calls = api.Services.GetRequiredService<CostCenterCalls>();
        Assert.True(calls.IsCold("cold/a"));
        (await api.SendAsync("POST", "/v1/usage", """{"request_id":"1","cost_center":"cold/a","cost":1}""")).Expect(HttpStatusCode.OK);
        Assert.False(calls.IsCold("cold/a"));
    }

    private static async Task<(ApiReply Reply, int Most)> PostAsync(bool fails)
    {
        ColdCalls? calls = null;
        await using var api = await StartAsync(made => calls = made, fails);
        var reply = await PostAsync(api, body: 0);
        return (reply, calls!.Most);
    }

    private static Task<ApiHost> StartAsync(Action<ColdCalls> made, bool fails) => ApiHost.StartAsync(
        ["--Keys:Open=true"],
        services => services.AddSingleton<CostCenterCalls>(p =>
        {
            var calls = new ColdCalls(p.GetRequiredService<IGrainFactory>(), p.GetRequiredService<TimeProvider>(), fails);
            made(calls);
            return calls;
        }));

    private static async Task<ApiReply> PostAsync(ApiHost api, int body)
    {
        var lines = new StringBuilder();
        for (var i = 0; i < CostCenters; i++) lines.Append($$"""{"request_id":"cold-{{body}}-{{i}}","cost_center":"cold/b{{body}}/c{{i}}","cost":1}""").Append('\n');
        using var content = new StringContent(lines.ToString(), Encoding.UTF8, "application/x-ndjson");
        return (await api.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(api.Address, "/v1/usage")) { Content = content })).Expect(HttpStatusCode.OK);
    }

    /// <summary>Lets posts go on only when as many are under way as may be, so that the most is always reached: four, and, when those have failed, all the others.</summary>
    private sealed class ColdCalls(IGrainFactory grains, TimeProvider clock, bool fails) : CostCenterCalls(grains, clock)
    {
        private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _rest = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _lock = new();
        private int _underWay;
        private int _begun;

        public int Most { get; private set; }

        public override bool IsCold(string costCenter) => true;

        public override async Task<TReply> CallAsync<TRequest, TReply>(string costCenter, TRequest request, Func<ICostCenterGrain, TRequest, Task<TReply>> call, TimeSpan? within = null)
        {
            if (request is not PostRequest) return await base.CallAsync(costCenter, request, call, within);
            var gate = _enough;
            lock (_lock)
            {
                Most = Math.Max(Most, ++_underWay);
                _begun++;
                if (_begun == ColdTurns.MaxAtOnce) _enough.TrySetResult();
                else if (fails && _begun > ColdTurns.MaxAtOnce) gate = _rest;
                if (_begun == CostCenters) _rest.TrySetResult();
            }

            try
            {
                await gate.Task.WaitAsync(TimeSpan.FromSeconds(20));
                if (fails) throw new TimeoutException();
                return await base.CallAsync(costCenter, request, call, within);
            }
            finally
            {
                lock (_lock) _underWay--;
            }
        }
    }
}
