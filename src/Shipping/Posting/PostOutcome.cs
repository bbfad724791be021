namespace BudgetEngine.Shipping.Posting;

/// <summary>What became of the records of one post.</summary>
/// <param name="Codes">Of those rejected for good: the engine's codes.</param>
/// <param name="Again">Records to be sent again.</param>
internal sealed record PostOutcome(int Recorded, int Duplicates, IReadOnlyList<string> Codes, IReadOnlyList<Lines.SettlementRecord> Again);
