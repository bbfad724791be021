using BudgetEngine.Gateway.Configuration;
using BudgetEngine.Gateway.Forwarding;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Gateway.Tests.Forwarding;

/// <summary>What the gateway keeps of requests, and for how long it waits for one.</summary>
public sealed class RequestBytesTests
{
    private readonly RequestRoom _room = new(Options.Create(new GatewayOptions { MaxBufferedBytes = 2_000 }));

    [Fact]
    public async Task Requests_BeyondTheRoom_AreRefused_UntilOneHasEnded()
    {
        using var first = Of("one");
        Assert.Equal(900, (await ReadAsync(first, 900)).Length);
        using var second = Of("two");
        Assert.Equal(1_000, (await ReadAsync(second, 1_000)).Length);
        using var third = Of("three");
        await AssertFullAsync(third, 101);
        third.Dispose();
        // Its caller has left, its call goes on with the body.
        var call = first.Keep();
        first.Dispose();
        using var beside = Of("three");
        await AssertFullAsync(beside, 101);
        beside.Dispose();
        call.Dispose();
        using var fourth = Of("three");
        Assert.Equal(1_000, (await ReadAsync(fourth, 1_000)).Length);
    }

    [Fact]
    public async Task Requests_OfOneCaller_TakeHalfOfTheRoomAtMost()
    {
        using var first = Of("one");
        Assert.Equal(700, (await ReadAsync(first, 700)).Length);
        using var second = Of("one");
        await AssertFullAsync(second, 301);
        using var other = Of("two");
        Assert.Equal(1_000, (await ReadAsync(other, 1_000)).Length);
    }

    [Fact]
    public async Task Answer_OfARequest_TakesOfTheSameRoom_UntilTheCallHasEnded()
    {
        using var first = Of("one");
        Assert.Equal(400, (await ReadAsync(first, 400)).Length);
        Assert.Equal((true, false), (first.TryTake(500), first.TryTake(101)));
        using var second = Of("one");
        await AssertFullAsync(second, 101);
        second.Dispose();
        first.Dispose();
        using var third = Of("one");
        Assert.Equal(1_000, (await ReadAsync(third, 1_000)).Length);
    }

    [Fact]
    public async Task Request_ThatStops_IsGivenUp()
    {
        using var bytes = Of("one");
        Assert.Equal(408, (await Assert.ThrowsAsync<BadHttpRequestException>(() => ReadAsync(bytes, new Stalled()))).StatusCode);
    }

    [Fact]
    public async Task Request_LargerThanTheLimit_IsRefused()
    {
        using var bytes = Of("one");
        Assert.Equal(413, (await Assert.ThrowsAsync<BadHttpRequestException>(() => ReadAsync(bytes, 1_001))).StatusCode);
    }

    private RequestBytes Of(string caller) => new(_room, caller);

    private static async Task AssertFullAsync(RequestBytes bytes, int length) =>
        Assert.Equal(503, (await Assert.ThrowsAsync<BadHttpRequestException>(() => ReadAsync(bytes, length))).StatusCode);

    private static Task<byte[]> ReadAsync(RequestBytes bytes, int length) => ReadAsync(bytes, new MemoryStream(new byte[length]));

    private static Task<byte[]> ReadAsync(RequestBytes bytes, Stream body) =>
        bytes.ReadAsync(new DefaultHttpContext { Request = { Body = body } }.Request, 1_000, TimeSpan.FromMilliseconds(200));

    private sealed class Stalled : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return 0;
        }
    }
}
