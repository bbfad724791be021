namespace BudgetEngine.Load;

/// <summary>Everything that a run has measured.</summary>
internal sealed class Results
{
    public List<LoadFigures> Loads { get; } = [];

    /// <summary>Rows per second of the bare insert, by the batches that it is compared with.</summary>
    public Dictionary<Leaves, double[]> BareInserts { get; } = [];

    public List<MemoryFigures> Memory { get; } = [];

    /// <summary>Stores that could not be measured, and why.</summary>
    public List<string> Skipped { get; } = [];
}
