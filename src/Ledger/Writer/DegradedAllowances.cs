using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Ledger.Writer;

/// <summary>What this process has allowed during outages under <c>on_outage: allow</c>, per cost center that sets it and date.</summary>
public sealed class DegradedAllowances
{
    /// <summary>Entries kept; when there are more, those of earlier dates go.</summary>
    public const int MaxEntries = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Node, DateOnly Date), Money> _allowed = [];

    private readonly RunningTotal _total = new();

    /// <summary>Everything that was allowed without a hold since the process started.</summary>
    public Money Total => _total.Value;

    /// <summary>True when a check is allowed without a hold during this outage; what is allowed under a limit is taken from it.</summary>
    /// <param name="allows"><c>on_outage: allow</c> is in force, set at <paramref name="node"/> with this limit.</param>
    public bool Allows(Outage outage, bool allows, string node, DateOnly date, Money amount, Money? limit, bool dryRun) => OutageRules.Answer(outage, allows) switch
    {
        OutageAnswer.Allow => true,
        OutageAnswer.AllowWithinLimit => TryTake(node, date, amount, limit, dryRun),
        _ => false,
    };

    /// <summary>Takes an amount from what may be allowed; false when it does not fit. A null limit always fits.</summary>
    /// <param name="dryRun">Only tells whether it would fit.</param>
    public bool TryTake(string node, DateOnly date, Money amount, Money? limit, bool dryRun)
    {
        if (limit is { } most && !Fits(node, date, amount, most, dryRun)) return false;
        if (!dryRun) _total.Add(amount);
        return true;
    }

    private bool Fits(string node, DateOnly date, Money amount, Money most, bool dryRun)
    {
        lock (_lock)
        {
            var allowed = _allowed.GetValueOrDefault((node, date));
            if (allowed + amount > most) return false;
            if (dryRun) return true;
            if (_allowed.Count >= MaxEntries) Forget(date);
            _allowed[(node, date)] = allowed + amount;
            return true;
        }
    }

    private void Forget(DateOnly today)
    {
        foreach (var key in _allowed.Keys.Where(k => k.Date < today.AddDays(-1)).ToList()) _allowed.Remove(key);
    }
}
