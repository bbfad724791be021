namespace BudgetEngine.Client;

/// <summary>The engine did not answer within the time-out, or said that it cannot answer now. The outcome is unknown: repeat under the same ids.</summary>
public sealed class EngineUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
