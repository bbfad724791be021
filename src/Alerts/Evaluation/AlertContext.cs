using System.Collections.Immutable;
using System.Globalization;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Catalogs;

namespace BudgetEngine.Alerts.Evaluation;

/// <summary>What an evaluation knows besides the ledger.</summary>
/// <param name="SpikeFloor">A day's spend up to here is never a spike.</param>
/// <param name="Currency">Of the installation, for sentences.</param>
public sealed record AlertContext(DateTimeOffset Now, PolicyBook Policies, PriceBook Prices, Money SpikeFloor, string Currency, Resolution Resolution)
{
    /// <summary>False: the sweep leaves changed balances, which are many, to a later round.</summary>
    public bool TakesBalances { get; init; } = true;

    /// <summary>The span of the evaluation, as <c>traceparent</c>; null: it is not recorded.</summary>
    public string? Trace { get; init; }

    /// <summary>Until when the sweep's changed balances stay on the list, unless their nodes are told before; null: they need not be told.</summary>
    public DateTimeOffset? KeptUntil { get; init; }

    public TenantCalendar CalendarOf(string path) => Policies.TenantOf(path)?.Calendar ?? TenantCalendar.Utc;

    /// <summary>Recommendations from the numbers of a cost center, and of the limited window that they are about.</summary>
    public ImmutableArray<Recommendation> Advise(SpendFacts facts, (Money Spent, Money Limit, DateTimeOffset? EndsAt)? window) =>
        Advice.Of(Resolution, facts, Prices, window, Now, Format);

    /// <summary>Who a lapsed reservation was for, in words. Ids that callers make may be long: last.</summary>
    /// <param name="toldOf">The cost center that the alert names; one that does not exist is told of its tenant.</param>
    public string Describe(LapsedReservation lapsed, string toldOf)
    {
        var where = lapsed.Owner == toldOf ? "" : $"cost center {lapsed.Owner}, ";
        var model = lapsed.Model is null ? "" : $", model {lapsed.Model}";
        var request = lapsed.RequestId is null ? "" : $", request id {lapsed.RequestId}";
        return string.Create(
            CultureInfo.InvariantCulture, $"{where}user {lapsed.User}{model}, {Format(new Money(lapsed.Granted))} held since {lapsed.CreatedAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}{request}");
    }

    /// <summary>An amount in a sentence: in minor units, or exact where it is less than one.</summary>
    public string Format(Money amount)
    {
        var (units, digits) = (Resolution.ToUnits(amount), Currencies.MinorUnitsOf(Currency));
        var smallest = 1m;
        for (var i = 0; i < digits; i++) smallest /= 10;
        var text = units == 0 || units >= smallest ? decimal.Round(units, digits).ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : Resolution.ToText(amount);
        return $"{text} {Currency}";
    }
}
