namespace BudgetEngine.Client.Usage;

/// <summary>What became of the records of one request.</summary>
internal sealed record BatchAnswer(IReadOnlyList<BatchItem> Results);

internal sealed record BatchItem(int Index, string Result, string? Code, string? Detail, bool? Retryable);
