using System.Globalization;
using System.Text.Json;

namespace BudgetEngine.Cli.Engine;

/// <summary>The version of each model that is in force: of those that have begun, the latest. One that ends a price is among them.</summary>
internal static class PricesInForce
{
    public static async Task<Dictionary<string, JsonElement>> ReadAsync(EngineApi engine, TimeProvider clock, CancellationToken stopping)
    {
        var now = clock.GetUtcNow();
        var latest = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        await foreach (var price in engine.ListAsync("/v1/prices", int.MaxValue, stopping))
        {
            var (model, from) = (price.Text("model")!, FromOf(price));
            if (from <= now && (!latest.TryGetValue(model, out var other) || FromOf(other) <= from)) latest[model] = price;
        }

        return latest;
    }

    private static DateTimeOffset FromOf(JsonElement price) => DateTimeOffset.Parse(price.Text("effective_from")!, CultureInfo.InvariantCulture);
}
