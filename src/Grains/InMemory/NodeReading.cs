namespace BudgetEngine.Grains.InMemory;

/// <summary>A cost center that is on its way into memory.</summary>
internal sealed class NodeReading
{
    private volatile bool _isStale;

    /// <summary>Something was set there meanwhile, which may not be in what is being read.</summary>
    public bool IsStale
    {
        get => _isStale;
        set => _isStale = value;
    }
}
