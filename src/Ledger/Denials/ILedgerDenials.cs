namespace BudgetEngine.Ledger.Denials;

/// <summary>The log of denied checks. It decides nothing: what could not be written is lost, and counted.</summary>
public interface ILedgerDenials
{
    /// <summary>Adds denials, and replaces counts, in one transaction. The same again changes nothing.</summary>
    Task AddAsync(IReadOnlyList<Denial> denials, IReadOnlyList<OmittedDenials> omitted, CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    /// <param name="after">Where the page before ended; null: from the newest.</param>
    Task<IReadOnlyList<Denial>> ReadDenialsAsync(DenialFilter filter, DenialPosition? after, int limit, CancellationToken cancellationToken);

    /// <summary>What was only counted, by reason. Of the filter cost center, reason and time count.</summary>
    Task<IReadOnlyList<OmittedSum>> SumOmittedAsync(DenialFilter filter, CancellationToken cancellationToken);

    /// <summary>Deletes what is older: one small step.</summary>
    /// <returns>How many rows were deleted; 0 when done.</returns>
    Task<int> ForgetAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);
}
