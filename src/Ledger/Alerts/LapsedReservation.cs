namespace BudgetEngine.Ledger.Alerts;

/// <summary>A reservation that has lapsed, as it is stored with the evaluation: <see cref="Granted"/> in nano-units.</summary>
/// <param name="Owner">Its cost center, which need not exist.</param>
/// <param name="RequestId">Null: the engine made one.</param>
public sealed record LapsedReservation(string Owner, string User, string? Model, string? RequestId, long Granted, DateTimeOffset CreatedAt);
