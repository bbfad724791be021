using BudgetEngine.Api.Usage;

namespace BudgetEngine.Load.Rivals;

/// <summary>One usage record as it came.</summary>
/// <param name="Usage">As the engine reads it.</param>
/// <param name="Json">The same, unread.</param>
internal sealed record RivalRecord(UsageInput Usage, byte[] Json)
{
    public string RequestId => Usage.RequestId!;
}
