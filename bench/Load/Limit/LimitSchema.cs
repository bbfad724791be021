using System.Text.Json;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.Load.Loads;

namespace BudgetEngine.Load.Limit;

/// <summary>The engine's tables with all their indexes and checks, as its own migrations make them, and what every row of the loads has in common.</summary>
internal static class LimitSchema
{
    /// <summary>The balances of months: an index hangs on them, as it does for the engine.</summary>
    public const int Month = 3;

    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The engine keeps with each row which price it was rated by.</summary>
    public static string PricedAs { get; } = JsonSerializer.Serialize(
        new PricedAs(Bodies.Model, DateTimeOffset.UnixEpoch, TimeProvider.System.GetUtcNow(), null, null), Names);

    public static DateOnly MonthOf(DateOnly date) => new(date.Year, date.Month, 1);

    public static async Task MigrateAsync(LedgerOptions options)
    {
        await using var store = LedgerStores.Create(options);
        await store.OpenAsync(migrate: true, LedgerUse.Beside, CancellationToken.None);
    }
}
