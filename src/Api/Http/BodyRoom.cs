using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Http;

/// <summary>Memory for bodies that are not read whole yet: bounded in all, and for each key, so that nobody can take it from the others.</summary>
internal sealed class BodyRoom(IOptions<ApiOptions> options)
{
    /// <summary>Of each body the first bytes do not count: nearly all bodies are smaller, and are never refused for those of others.</summary>
    public const int FreeBytes = 64 * 1024;

    private const int ShareOfOneKey = 4;

    private readonly long _max = options.Value.MaxBufferedBytes;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _byKey = [];
    private long _taken;

    /// <summary>False: there is no room.</summary>
    public bool TryTake(string key, long bytes)
    {
        lock (_lock)
        {
            var own = _byKey.GetValueOrDefault(key);
            if (_taken + bytes > _max || own + bytes > _max / ShareOfOneKey) return false;
            _taken += bytes;
            _byKey[key] = own + bytes;
            return true;
        }
    }

    public void Give(string key, long bytes)
    {
        lock (_lock)
        {
            _taken -= bytes;
            if ((_byKey[key] -= bytes) == 0) _byKey.Remove(key);
        }
    }
}
