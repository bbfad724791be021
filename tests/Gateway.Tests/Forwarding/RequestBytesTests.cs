using BudgetEngine.Gateway.Configuration;
using BudgetEngine.Gateway.Forwarding;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Gateway.Tests.Forwarding;

/// <summary>What the gateway keeps of requests, and for how long it waits for one.</summary>
public sealed class RequestBytesTests
{
    private readonly RequestRoom _room = new(Options.Create(new GatewayOptions { MaxBufferedBytes = 1_000 }));

    [Fact]
    public async Task Requests_BeyondTheRoom_AreRefused_UntilOneHasEnded()
    {
        using var first = new RequestBytes(_room);
        Assert.Equal(700, (await ReadAsync(first, new MemoryStream(new byte[700]))).Length);
        using var second = new RequestBytes(_room);
        Assert.Equal(503, (await Assert.ThrowsAsync<BadHttpRequestException>(() => ReadAsync(second, new MemoryStream(new byte[301])))).StatusCode);
        second.Dispose();
        first.Dispose();
        using var third = new RequestBytes(_room);
        Assert.Equal(1_000, (await ReadAsync(third, new MemoryStream(new byte[1_000]))).Length);
    }

    [Fact]
    public async Task Request_ThatStops_IsGivenUp()
    {
        using var bytes = new RequestBytes(_room);
        Assert.Equal(408, (await Assert.ThrowsAsync<BadHttpRequestException>(() => ReadAsync(bytes, new Stalled()))).StatusCode);
    }

    [Fact]
    public async Task Request_LargerThanTheLimit_IsRefused()
    {
        using var bytes = new RequestBytes(_room);
        Assert.Equal(413, (await Assert.ThrowsAsync<BadHttpRequestException>(() => ReadAsync(bytes, new MemoryStream(new byte[1_001])))).StatusCode);
    }

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
