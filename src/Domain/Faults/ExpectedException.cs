namespace BudgetEngine.Domain.Faults;

/// <summary>
/// What a broken dependency makes: an outage, a lost race, data that the ledger refuses. Callers are answered by the rule for it. Every other exception is a bug, and is noted as
/// one before it is answered.
/// </summary>
public abstract class ExpectedException(string message, Exception? inner = null) : Exception(message, inner);
