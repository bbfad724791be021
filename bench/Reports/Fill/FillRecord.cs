namespace BudgetEngine.Reports.Fill;

/// <param name="Cost">In nano-units.</param>
internal readonly record struct FillRecord(int Team, int User, int Model, int Feature, long InputTokens, long OutputTokens, long Cost, bool Failed, long LatencyMicros);
