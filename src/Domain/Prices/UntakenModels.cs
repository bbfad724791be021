namespace BudgetEngine.Domain.Prices;

/// <summary>Models that an import knew and could not take, by name without regard to case.</summary>
internal sealed class UntakenModels
{
    private readonly Dictionary<string, string> _reasons = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    public UntakenModels(IReadOnlyList<UntakenModel> models)
    {
        foreach (var model in models) _reasons.TryAdd(model.Model, model.Reason);
        _bySpan = _reasons.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public bool IsEmpty => _reasons.Count == 0;

    public string? Find(string? provider, ReadOnlySpan<char> model) =>
        (string.IsNullOrEmpty(provider) ? null : _reasons.GetValueOrDefault($"{provider}/{model}")) ?? (_bySpan.TryGetValue(model, out var reason) ? reason : null);
}
