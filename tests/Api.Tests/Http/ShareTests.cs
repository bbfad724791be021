using System.Net;
using BudgetEngine.Api.Gateway;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Tests.Harness;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Tests.Http;

/// <summary>How much one key, and one tenant, may have under way at once.</summary>
public sealed class ShareTests : IDisposable
{
    private readonly ReadShares _shares = NewShares(TimeSpan.FromMilliseconds(200));

    // Nobody's time runs out while a slow machine is between two lines of a test.
    private readonly ReadShares _patient = NewShares(TimeSpan.FromMinutes(5));

    public void Dispose()
    {
        _shares.Dispose();
        _patient.Dispose();
    }

    [Fact]
    public async Task Key_BeyondItsShare_WaitsForItsTurn_AndOthersDoNot()
    {
        var (first, second) = (await EnterAsync(_patient, "k1", "acme"), await EnterAsync(_patient, "k1", "acme"));
        Assert.True(first.IsAcquired && second.IsAcquired);
        var third = EnterAsync(_patient, "k1", "acme");
        Assert.False(third.IsCompleted);
        // Beyond those that may wait.
        Assert.False((await EnterAsync(_patient, "k1", "acme")).IsAcquired);
        Assert.True((await EnterAsync(_patient, "k2", "beta")).IsAcquired);
        first.Dispose();
        Assert.True((await third).IsAcquired);
    }

    [Fact]
    public async Task Key_ThatWaitsTooLong_IsRefused()
    {
        using var first = await EnterAsync(_shares, "k1", "acme");
        using var second = await EnterAsync(_shares, "k1", "acme");
        Assert.False((await EnterAsync(_shares, "k1", "acme")).IsAcquired);
    }

    [Fact]
    public async Task Tenant_WithManyKeys_HasTwiceTheShareOfOne()
    {
        for (var i = 0; i < 4; i++) Assert.True((await EnterAsync(_shares, $"k{i}", "acme/team" + i)).IsAcquired);
        Assert.False((await EnterAsync(_shares, "k5", "acme")).IsAcquired);
        Assert.True((await EnterAsync(_shares, "k6", null)).IsAcquired);
    }

    [Fact]
    public async Task Handlers_RunWhereBulkWorkIsDone_AndStayThere_OnAllProcessorsButOne()
    {
        var (now, tooMany) = (0, 0);
        var turns = Enumerable.Range(0, 12).Select(_ => BulkWork.RunAsync(async () =>
        {
            var scheduler = TaskScheduler.Current;
            for (var i = 0; i < 20; i++)
            {
                if (Interlocked.Increment(ref now) > BulkWork.MaxThreads) Interlocked.Increment(ref tooMany);
                Thread.SpinWait(20_000);
                Interlocked.Decrement(ref now);
                await Task.Yield();
            }

            return scheduler == TaskScheduler.Current && scheduler != TaskScheduler.Default;
        }));
        Assert.All(await Task.WhenAll(turns), Assert.True);
        Assert.Equal(0, tooMany);

        TaskScheduler? used = null;
        await _patient.RunAsync(new DefaultHttpContext(), ApiKey.Open, (_, _) =>
        {
            used = TaskScheduler.Current;
            return Task.FromResult<Errors.Problem?>(null);
        });
        Assert.NotNull(used);
        Assert.NotEqual(TaskScheduler.Default, used);
    }

    [Fact]
    public async Task Read_BeyondTheShare_Is429()
    {
        await using var api = await ApiHost.StartAsync(["--Keys:Open=true", "--Api:ReadsPerKey=1", "--Api:WaitingPerKey=0"]);
        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => api.SendAsync("GET", "/v1/consistency")));
        Assert.Contains(replies, r => r.Status == HttpStatusCode.OK);
        foreach (var refused in replies.Where(r => r.Status != HttpStatusCode.OK)) refused.ExpectProblem(429, "too_many_requests");
        (await api.SendAsync("GET", "/v1/consistency")).Expect(HttpStatusCode.OK);
    }

    private static ReadShares NewShares(TimeSpan waitAtMost) => new(Options.Create(new ApiOptions { ReadsPerKey = 2, WaitingPerKey = 1, WaitAtMost = waitAtMost }));

    private static Task<System.Threading.RateLimiting.RateLimitLease> EnterAsync(ReadShares shares, string id, string? subtree) =>
        shares.EnterAsync(new DefaultHttpContext(), new ApiKey(id, id, Scopes.Read, new Subtree(subtree), null, GatewayProfile.Default)).AsTask();
}
