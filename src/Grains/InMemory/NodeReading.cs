using BudgetEngine.Ledger.Writer;

namespace BudgetEngine.Grains.InMemory;

/// <summary>A cost center that is on its way into memory.</summary>
internal sealed class NodeReading(ActiveNodes active, string costCenter) : IDisposable
{
    private volatile bool _isStale;

    public string CostCenter => costCenter;

    /// <summary>Something was set there meanwhile, which may not be in what is being read.</summary>
    public bool IsStale
    {
        get => _isStale;
        set => _isStale = value;
    }

    /// <summary>Reads it and takes it over, and reads it again as long as what was read may be old.</summary>
    public async Task<RegisteredNode> ReadAsync(NodeRegistrar registrar)
    {
        var (state, tenure) = await registrar.RegisterAsync(costCenter);
        while (IsStale)
        {
            IsStale = false;
            state = await registrar.ReadAgainAsync(costCenter) with { Epoch = state.Epoch, Wait = state.Wait };
        }

        return new RegisteredNode(state, tenure);
    }

    public void Dispose() => active.EndReading(this);
}
