namespace BudgetEngine.Domain.Usage;

/// <summary>What is wrong with a value that a caller sent, by the field's name in the API.</summary>
public readonly record struct FieldFault(string Field, string Message);
