using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>
/// A command has a reservation to itself: other commands on it wait, and its hold does not expire. The command ends it with <see cref="Free"/>. If an exception
/// ends it instead, nobody knows how far the command came, so the cost center is read again from the ledger.
/// </summary>
internal sealed class Occupation(CostCenterNode node, Reservation reservation) : IDisposable
{
    private bool _isOver;

    public void Free()
    {
        if (_isOver) return;
        _isOver = true;
        node.Free(reservation);
    }

    public void Dispose()
    {
        if (_isOver) return;
        _isOver = true;
        node.Fail(reservation);
    }
}
