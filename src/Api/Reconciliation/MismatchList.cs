using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reconciliation;

namespace BudgetEngine.Api.Reconciliation;

/// <summary>Differences of one kind as they are found: all are counted, the first are listed.</summary>
internal sealed class MismatchList(Settlements settlements, Resolution resolution)
{
    public const int MaxListed = 500;

    private readonly List<MismatchResponse> _items = [];
    private long _count;
    private decimal _amount;

    public void Add(Mismatch m)
    {
        _count++;
        _amount += resolution.ToUnits(m.Amount);
        if (_items.Count >= MaxListed) return;
        _items.Add(new MismatchResponse(m.RequestId, m.Date, m.Provider, m.Model, m.Rows, m.Invoiced, m.Recorded, m.Amount, settlements.Of(m)));
    }

    public MismatchesResponse ToResponse() => new(_count, _amount, _items);
}
