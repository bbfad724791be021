namespace BudgetEngine.Silo.Demo;

/// <summary>What a team of the demo did in the two months before.</summary>
/// <param name="PerDay">Records of a working day at the end of the history; there are fewer at its beginning, and on weekends.</param>
/// <param name="InputTokens">Of one record, on average.</param>
/// <param name="CachedShare">Percent of the input tokens that came from the provider's cache.</param>
/// <param name="Weekend">Percent of a working day's records that a day of the weekend has.</param>
internal sealed record DemoWorkload(
    string CostCenter, string Provider, string Model, string Feature, string RequestPath, int PerDay, int InputTokens, int CachedShare, int OutputTokens, int Users, int Weekend = 20);
