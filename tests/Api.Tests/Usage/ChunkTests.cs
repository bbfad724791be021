using System.Net;
using System.Text;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Api.Usage;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Grains.Interfaces.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Api.Tests.Usage;

/// <summary>How many records of a large body are posted together.</summary>
public class ChunkTests
{
    private const int Records = 1_200;

    [Theory]
    [InlineData(0, 500)]
    [InlineData(16, UsageBatch.MaxChunkBytes / 5_000)]
    public async Task Records_ArePostedTogether_UpToANumberOfThemAndOfBytes(int tags, int atMost)
    {
        SizingCalls? calls = null;
        await using var api = await ApiHost.StartAsync(
            ["--Keys:Open=true"],
            services => services.AddSingleton<CostCenterCalls>(p => calls = new SizingCalls(p.GetRequiredService<IGrainFactory>(), p.GetRequiredService<TimeProvider>())));
        var values = string.Join(',', Enumerable.Range(0, tags).Select(i => $"\"t{i}\":\"{new string('v', 256)}\""));
        // A key of 64 characters for each tag makes the record 5 KB.
        values = values.Replace("\"t", $"\"t{new string('k', 55)}", StringComparison.Ordinal);
        var lines = new StringBuilder();
        for (var i = 0; i < Records; i++) lines.Append($$$"""{"request_id":"chunk-{{{i}}}","cost_center":"chunks/a","cost":1,"tags":{{{{values}}}}}""").Append('\n');
        using var content = new StringContent(lines.ToString(), Encoding.UTF8, "application/x-ndjson");

        var reply = (await api.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(api.Address, "/v1/usage")) { Content = content })).Expect(HttpStatusCode.OK);

        Assert.Equal(Records, (int)reply.Json["recorded"]!);
        Assert.InRange(calls!.Most, 1, atMost);
    }

    /// <summary>The most records that went to a cost center in one call.</summary>
    private sealed class SizingCalls(IGrainFactory grains, TimeProvider clock) : CostCenterCalls(grains, clock)
    {
        public int Most { get; private set; }

        public override Task<TReply> CallAsync<TRequest, TReply>(string costCenter, TRequest request, Func<ICostCenterGrain, TRequest, Task<TReply>> call, TimeSpan? within = null)
        {
            if (request is PostRequest post) Most = Math.Max(Most, post.Records.Length);
            return base.CallAsync(costCenter, request, call, within);
        }
    }
}
