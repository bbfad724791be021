namespace BudgetEngine.Api.Http;

public readonly record struct InputFault(string Field, string Message);
