using System.Globalization;
using BudgetEngine.Client.Calls;
using BudgetEngine.Client.Checks;

namespace BudgetEngine.Client.Http;

/// <summary>What an answer says about its budget. Amounts are in the engine's currency.</summary>
public static class BudgetHeaders
{
    /// <summary>What the call cost; only where the answer is not a stream.</summary>
    public const string Cost = "X-Budget-Cost";

    /// <summary>What is left of the tightest limit; absent without one that the key may see.</summary>
    public const string Remaining = "X-Budget-Remaining";

    public const string Reservation = "X-Budget-Reservation";

    internal static void Write(HttpResponseMessage response, BudgetedCall call, decimal? cost, LimitWindow? tightest)
    {
        Set(response, Cost, cost?.ToString(CultureInfo.InvariantCulture));
        Set(response, Remaining, tightest?.Remaining?.ToString(CultureInfo.InvariantCulture));
        Set(response, Reservation, call.Decision.ReservationId);
    }

    /// <summary>The provider's own header of that name, if it has one, is not ours.</summary>
    private static void Set(HttpResponseMessage response, string name, string? value)
    {
        response.Headers.Remove(name);
        if (value is not null) response.Headers.TryAddWithoutValidation(name, value);
    }
}
