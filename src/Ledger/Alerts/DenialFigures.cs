using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Ledger.Alerts;

/// <summary>The refusing window at the moment of the denial. What was held then is in no ledger: it is told by the cost center, or by nobody.</summary>
/// <param name="Reservations">How many reservations held it.</param>
/// <param name="NextLapse">When the next of them lapses; null: none does, or not known.</param>
public sealed record DenialFigures(Money Spent, Money Limit, Money Held, int Reservations, DateTimeOffset? NextLapse);
