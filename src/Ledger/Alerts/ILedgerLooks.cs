namespace BudgetEngine.Ledger;

/// <summary>Finds alerts that are missing. Everything about a crossing is decided in one transaction over the ledger's own balances, so it is told once whoever finds it and however often.</summary>
public interface ILedgerLooks
{
    /// <summary>Looks at these cost centers and users, and inserts the alerts that are missing, with one delivery per channel that takes them.</summary>
    Task<LookResult> LookAsync(IReadOnlyList<Look> looks, AlertContext context, CancellationToken cancellationToken);

    /// <summary>Takes at most <paramref name="limit"/> looks that are due off the ledger's list and does the same with them.</summary>
    /// <param name="told">Of earlier sweeps, kept on the list until their nodes were told: they have been.</param>
    Task<LookResult> SweepAsync(IReadOnlyList<Look> told, int limit, AlertContext context, CancellationToken cancellationToken);

    /// <summary>Channels with deliveries that are due.</summary>
    Task<IReadOnlyList<string>> ReadDueChannelsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);
}
