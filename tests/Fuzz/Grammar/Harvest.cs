namespace BudgetEngine.Fuzz.Grammar;

/// <summary>Ids that the engine has given, so that requests reach further than its first look at them. The last few of each kind.</summary>
internal sealed class Harvest
{
    private const int Most = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<string>> _known = [];

    public void Add(string kind, string value, Random random)
    {
        lock (_lock)
        {
            if (!_known.TryGetValue(kind, out var values)) _known[kind] = values = [];
            if (values.Count < Most) values.Add(value);
            else values[random.Next(Most)] = value;
        }
    }

    public string? Any(string kind, Random random)
    {
        lock (_lock) return _known.TryGetValue(kind, out var values) ? values[random.Next(values.Count)] : null;
    }
}
