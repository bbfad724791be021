using System.Text.Json;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Api.Http.Json;

/// <summary>An amount as a number, exact to the nano-unit.</summary>
/// <param name="resolution">Null: of answers without amounts, which the generated code needs a converter for all the same.</param>
internal sealed class MoneyConverter(Resolution? resolution) : AnswerConverter<Money>
{
    public MoneyConverter() : this(null)
    {
    }

    public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options) =>
        Write(writer, resolution ?? throw new InvalidOperationException("An answer with an amount is written without a resolution."), value);

    public static void Write(Utf8JsonWriter writer, Resolution resolution, Money value)
    {
        Span<byte> text = stackalloc byte[MoneyText.MaxLength];
        writer.WriteRawValue(text[..MoneyText.Format(value, resolution, text)], skipInputValidation: true);
    }
}
