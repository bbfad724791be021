using System.Text.Json;

namespace BudgetEngine.Api.Http.Json;

/// <summary>A decimal without exponent or trailing zeros.</summary>
internal sealed class PlainDecimalConverter : AnswerConverter<decimal>
{
    /// <summary>Dividing by it strips trailing zeros.</summary>
    private const decimal OneWithAllDecimals = 1.0000000000000000000000000000m;

    public static void Write(Utf8JsonWriter writer, decimal value) => writer.WriteNumberValue(value / OneWithAllDecimals);

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) => Write(writer, value);
}
