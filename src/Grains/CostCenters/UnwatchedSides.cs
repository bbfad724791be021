using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>
/// Users and children with a limit of which there was usage while their account was not in memory: usage needs no check before it. They are read one after the
/// other, beside all commands, so that their thresholds are watched like any other's; what is too much for that the sweep finds.
/// </summary>
internal sealed class UnwatchedSides(CostCenterNode node)
{
    /// <summary>That wait to be read.</summary>
    public const int MaxWaiting = 200;

    private HashSet<(AccountKind Kind, string Name)>? _waiting;

    public void Read(AccountKind kind, string name)
    {
        if (node.Services.Alerts is null || _waiting?.Count >= MaxWaiting) return;
        var reading = _waiting is { Count: > 0 };
        if (!(_waiting ??= []).Add((kind, name)) || reading) return;
        _ = ReadAllAsync(_waiting);
    }

    private async Task ReadAllAsync(HashSet<(AccountKind Kind, string Name)> waiting)
    {
        while (waiting.Count > 0)
        {
            var next = waiting.First();
            try
            {
                await node.LoadSideAsync(next.Kind, next.Name);
                node.Alerts.Flush();
            }
            catch (Exception fault)
            {
                node.Services.Faults.Note(fault, "the reading of a side account");
                // The ledger is out of reach: left to the sweep.
            }

            waiting.Remove(next);
        }
    }
}
