using System.Globalization;
using System.Text.Json;

namespace BudgetEngine.Domain.Usage.Reported;

/// <summary>Numbers as providers and gateways write them: whole ones with a point and a zero, with an exponent, as text.</summary>
internal static class Numbers
{
    /// <summary>False: no number, or one that is larger than a decimal can be.</summary>
    public static bool TryRead(JsonElement value, out decimal number)
    {
        number = 0;
        return value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDecimal(out number),
            JsonValueKind.String => decimal.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number),
            _ => false,
        };
    }
}
