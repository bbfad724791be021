namespace BudgetEngine.Domain.Prices.Import;

/// <summary>A field that bears on the price and has no place in the book, and why.</summary>
public readonly record struct NotTakenField(string Field, string Reason);
