using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Api.CostCenters;

/// <summary>A circuit breaker.</summary>
public sealed record BreakerResponse(
    [property: AllowedValues(BreakerResponse.ClosedWord, BreakerResponse.OpenWord)] string State,
    [property: AllowedValues("paused", "budget_exceeded")] string? Reason,
    [property: Description("Where it is open: the first from the leaf upward.")] string? CostCenter,
    string? User,
    Period? Period,
    DateTimeOffset? Since,
    DateTimeOffset? Until)
{
    internal const string ClosedWord = "closed";
    internal const string OpenWord = "open";

    public static BreakerResponse Of(Breaker breaker) => new(
        breaker.IsOpen ? OpenWord : ClosedWord, breaker.Reason, breaker.CostCenter, breaker.User, breaker.Period, breaker.Since, breaker.Until);
}
