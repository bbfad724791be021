using BudgetEngine.Gateway.Configuration;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Gateway.Forwarding;

/// <summary>Memory for requests to models, and for their answers, which are kept whole until their call has ended: bounded in all, and for each caller, so that nobody can take it from the others.</summary>
internal sealed class RequestRoom(IOptions<GatewayOptions> options)
{
    private readonly long _max = options.Value.MaxBufferedBytes;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _byCaller = [];
    private long _taken;

    /// <summary>False: there is no room.</summary>
    public bool TryTake(string caller, long bytes)
    {
        lock (_lock)
        {
            var own = _byCaller.GetValueOrDefault(caller);
            if (_taken + bytes > _max || own + bytes > _max / GatewayOptions.ShareOfOneCaller) return false;
            _taken += bytes;
            _byCaller[caller] = own + bytes;
            return true;
        }
    }

    public void Give(string caller, long bytes)
    {
        if (bytes == 0) return;
        lock (_lock)
        {
            _taken -= bytes;
            if ((_byCaller[caller] -= bytes) == 0) _byCaller.Remove(caller);
        }
    }
}
