using System.Buffers;
using System.Text.Json;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Api.Http;

/// <summary>Numbers and amounts of money: read exactly, from a number or a text.</summary>
internal ref partial struct JsonFields
{
    /// <summary>A decimal from a number or a text, exact to 18 decimals.</summary>
    public decimal? Decimal(decimal min, decimal max, int maxDecimals = AmountText.MaxDecimals)
    {
        var start = Start();
        if (start is not (JsonTokenType.Number or JsonTokenType.String))
        {
            Mismatch(start, "must be a number");
            return null;
        }

        var reading = ReadAmount(out var value);
        if (reading == AmountReading.NotANumber) Fault("must be a number");
        else if (reading == AmountReading.TooLarge) Fault(IsNegativeNumber() ? $"must be at least {Plain(min)}" : $"must be at most {Plain(max)}");
        else if (value < min) Fault($"must be at least {Plain(min)}");
        else if (value > max) Fault($"must be at most {Plain(max)}");
        else if (decimal.Round(value, maxDecimals) != value) Fault($"must have at most {maxDecimals} decimals");
        else return value;
        return null;
    }

    /// <summary>An amount of the currency without rounding: more decimals than it is counted in are a fault.</summary>
    public Money? Amount(decimal min = 0) => Decimal(min, Resolution.MaxInput, Resolution.Decimals) is { } units && Resolution.TryExact(units, out var money) ? money : null;

    /// <summary>The same in units of the currency. In a body without a resolution, which is one that we have written, any amount.</summary>
    public decimal? Units() => _resolution is null ? Decimal(0, decimal.MaxValue) : Amount() is { } amount ? _resolution.ToUnits(amount) : null;

    /// <summary>The same of what must be above 0.</summary>
    public Money? PositiveAmount() => Amount(Resolution.Smallest);

    /// <summary>An escaped digit in a text is not a number: senders do not escape digits, and raw bytes are what is read here.</summary>
    private readonly AmountReading ReadAmount(out decimal value) => _json.HasValueSequence
        ? AmountText.Read(_json.ValueSequence.ToArray(), out value)
        : AmountText.Read(_json.ValueSpan, out value);

    private static string Plain(decimal value) => (value / 1.0000000000000000000000000000m).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
