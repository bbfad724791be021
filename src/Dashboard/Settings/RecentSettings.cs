namespace BudgetEngine.Dashboard.Settings;

/// <summary>
/// Settings as they were before the latest changes made here, so that each can be undone while its toast stands. Secrets among them stay in this process's memory. Lost with the process: then there is
/// no Undo.
/// </summary>
internal sealed class RecentSettings<T>(TimeProvider clock) where T : class
{
    private const int MaxKept = 256;
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Change> _kept = new(StringComparer.Ordinal);

    /// <param name="before">Null: there was none.</param>
    /// <param name="after">Null: it was taken away.</param>
    public void Keep(string name, T? before, T? after)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            foreach (var old in _kept.Where(k => now - k.Value.At > KeptFor).Select(k => k.Key).ToList()) _kept.Remove(old);
            if (_kept.Count < MaxKept || _kept.ContainsKey(name)) _kept[name] = new Change(before, after, now);
        }
    }

    /// <summary>The latest change of this name, while it can be undone.</summary>
    public Change? Find(string name)
    {
        lock (_lock) return _kept.TryGetValue(name, out var kept) && clock.GetUtcNow() - kept.At <= KeptFor ? kept : null;
    }

    public void Forget(string name)
    {
        lock (_lock) _kept.Remove(name);
    }

    public sealed record Change(T? Before, T? After, DateTimeOffset At);
}
