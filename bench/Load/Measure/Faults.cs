namespace BudgetEngine.Load.Measure;

/// <summary>Answers that were not as they should be, and connections that broke: one is enough to fail the run.</summary>
internal sealed class Faults
{
    private readonly List<string> _samples = [];

    public long Count { get; private set; }

    public IReadOnlyList<string> Samples => _samples;

    public void Add(string load, string fault)
    {
        lock (_samples)
        {
            Count++;
            if (_samples.Count < Sizes.FaultSamples) _samples.Add($"{load}: {fault}");
        }
    }
}
