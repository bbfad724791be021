namespace BudgetEngine.Load.Memory;

/// <summary>What cost centers in memory take.</summary>
/// <param name="Leaves">Of the tree.</param>
/// <param name="CostCenters">Resident ones: leaves, departments and their tenant.</param>
/// <param name="EmptyBytes">Resident set of the process, warm, before they came.</param>
/// <param name="ResidentBytes">With all of them, as it is.</param>
/// <param name="CollectedBytes">The same after a full collection; null: it could not be asked for.</param>
/// <param name="PerSecond">How fast they came, from the ledger.</param>
internal sealed record MemoryFigures(string Contestant, int Leaves, int CostCenters, long EmptyBytes, long ResidentBytes, long? CollectedBytes, double PerSecond)
{
    public double BytesPerCostCenter => (double)((CollectedBytes ?? ResidentBytes) - EmptyBytes) / CostCenters;
}
