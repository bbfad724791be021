namespace BudgetEngine.Ledger.Denials;

/// <summary>Denials of one minute that were counted and not kept.</summary>
/// <param name="Process">Which process counted them: each has rows of its own, which only it writes.</param>
/// <param name="CostCenter">Empty: of tenants that do not exist.</param>
/// <param name="Count">In all so far: writing it again replaces it.</param>
public sealed record OmittedDenials(DateTimeOffset Minute, Guid Process, string CostCenter, string Reason, long Count);
