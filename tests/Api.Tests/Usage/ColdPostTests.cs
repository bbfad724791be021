using System.Net;
using System.Text;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Api.Usage;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Grains.Interfaces.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Api.Tests.Usage;

/// <summary>A body of many cost centers that are not in memory.</summary>
public class ColdPostTests
{
    private const int CostCenters = 60;

    [Fact]
    public async Task Body_OfManyColdCostCenters_BringsFewToMemoryAtATime()
    {
        ColdCalls? calls = null;
        await using var api = await ApiHost.StartAsync(
            ["--Keys:Open=true"],
            services => services.AddSingleton<CostCenterCalls>(p => calls = new ColdCalls(p.GetRequiredService<IGrainFactory>(), p.GetRequiredService<TimeProvider>())));
        var lines = new StringBuilder();
        for (var i = 0; i < CostCenters; i++) lines.Append($$"""{"request_id":"cold-{{i}}","cost_center":"cold/c{{i}}","cost":1}""").Append('\n');
        using var content = new StringContent(lines.ToString(), Encoding.UTF8, "application/x-ndjson");

        var reply = (await api.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(api.Address, "/v1/usage")) { Content = content })).Expect(HttpStatusCode.OK);

        Assert.Equal(CostCenters, (int)reply.Json["recorded"]!);
        Assert.Equal(UsageService.MaxColdAtOnce, calls!.Most);
    }

    /// <summary>Lets posts begin only when as many are under way as may be, so that the most is always reached.</summary>
    private sealed class ColdCalls(IGrainFactory grains, TimeProvider clock) : CostCenterCalls(grains, clock)
    {
        private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _lock = new();
        private int _underWay;

        public int Most { get; private set; }

        public override bool IsCold(string costCenter) => true;

        public override async Task<TReply> CallAsync<TRequest, TReply>(string costCenter, TRequest request, Func<ICostCenterGrain, TRequest, Task<TReply>> call, TimeSpan? within = null)
        {
            if (request is not PostRequest) return await base.CallAsync(costCenter, request, call, within);
            lock (_lock) Most = Math.Max(Most, ++_underWay);
            if (Most == UsageService.MaxColdAtOnce) _enough.TrySetResult();
            await _enough.Task.WaitAsync(TimeSpan.FromSeconds(20));
            try
            {
                return await base.CallAsync(costCenter, request, call, within);
            }
            finally
            {
                lock (_lock) _underWay--;
            }
        }
    }
}
