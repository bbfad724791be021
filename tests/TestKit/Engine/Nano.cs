using System.Text.Json;

namespace BudgetEngine.TestKit.Engine;

/// <summary>Nano-units, exactly.</summary>
public static class Nano
{
    public const long PerUnit = 1_000_000_000;

    public static long Of(JsonElement amount) => Of(amount.GetDecimal());

    public static long Of(decimal amount)
    {
        var nanos = amount * PerUnit;
        return nanos == decimal.Truncate(nanos) ? (long)nanos : throw new FormatException($"{amount} has more than 9 decimals.");
    }

    public static decimal ToUnits(long nanos) => (decimal)nanos / PerUnit;
}
