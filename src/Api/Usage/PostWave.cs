using System.Collections.Immutable;
using BudgetEngine.Grains.Interfaces.Usage;

namespace BudgetEngine.Api.Usage;

/// <summary>Records of a body that can go at the same time: no two with the same id, grouped by the grain that they go to.</summary>
internal sealed class PostWave
{
    private readonly HashSet<(string Tenant, string RequestId)> _ids = [];
    private readonly Dictionary<string, PostGroup> _groups = [];

    public IReadOnlyDictionary<string, PostGroup> Groups => _groups;

    /// <summary>False when the wave has this id already.</summary>
    public bool TryAdd(int index, string grainKey, UsageMessage message)
    {
        if (!_ids.Add((message.Row.Tenant, message.Row.RequestId))) return false;
        if (!_groups.TryGetValue(grainKey, out var group)) _groups.Add(grainKey, group = new PostGroup());
        group.Add(index, message);
        return true;
    }
}

/// <summary>The records of one grain call, with their places in the body.</summary>
internal sealed class PostGroup
{
    private readonly List<(int Index, UsageMessage Message)> _records = [];

    public int Count => _records.Count;

    public (int Index, UsageMessage Message) this[int i] => _records[i];

    public void Add(int index, UsageMessage message) => _records.Add((index, message));

    public ImmutableArray<UsageMessage> ToRecords()
    {
        var builder = ImmutableArray.CreateBuilder<UsageMessage>(_records.Count);
        foreach (var (_, message) in _records) builder.Add(message);
        return builder.MoveToImmutable();
    }
}
