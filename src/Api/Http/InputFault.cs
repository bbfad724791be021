namespace BudgetEngine.Api;

public readonly record struct InputFault(string Field, string Message);
