namespace BudgetEngine.Client.Checks;

/// <summary>What checks are answered while the engine is away.</summary>
internal sealed class OutageAllowance(BudgetClientOptions options)
{
    private readonly Lock _sync = new();
    private decimal _allowed;

    /// <summary>The engine answered: the next outage has the whole limit again.</summary>
    public void Reset()
    {
        lock (_sync) _allowed = 0;
    }

    public CheckAnswer Decide(CheckRequest request)
    {
        var amount = request.Amount ?? options.OutageAmountPerCall;
        if (options.OnOutage == OutagePolicy.Open) return CheckAnswer.AllowedWithoutEngine(amount);
        if (options.OnOutage == OutagePolicy.Closed) return CheckAnswer.Denied(CheckAnswer.EngineUnavailable);
        lock (_sync)
        {
            if (_allowed + amount > options.OutageLimit) return CheckAnswer.Denied(CheckAnswer.EngineUnavailable);
            if (request.DryRun != true) _allowed += amount;
            return CheckAnswer.AllowedWithoutEngine(amount);
        }
    }
}
