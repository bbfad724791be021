using BudgetEngine.Gateway.Configuration;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Gateway.Forwarding;

/// <summary>Memory for requests to models, which are kept whole until their call has ended: bounded in all.</summary>
internal sealed class RequestRoom(IOptions<GatewayOptions> options)
{
    private readonly long _max = options.Value.MaxBufferedBytes;
    private long _taken;

    /// <summary>False: there is no room.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= _max) return true;
        Interlocked.Add(ref _taken, -bytes);
        return false;
    }

    public void Give(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
