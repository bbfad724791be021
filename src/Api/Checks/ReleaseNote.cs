using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Api.Checks;

/// <summary>What the audit says of the release of many reservations: which were meant, and how many those were when it began.</summary>
internal sealed record ReleaseNote(string? User, string? Model, string? RequestId, long? OlderThanSeconds, Money? MinAmount, long Matching)
{
    public static ReleaseNote Of(ReservationFilter filter, long matching) =>
        new(filter.User, filter.Model, filter.RequestId, (long?)filter.OlderThan?.TotalSeconds, filter.MinAmount, matching);
}
