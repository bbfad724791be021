using System.Text.Json;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Api.Http.Json;

/// <summary>An amount as a number, exact to the nano-unit.</summary>
internal sealed class MoneyConverter : AnswerConverter<Money>
{
    public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options) => Write(writer, value);

    public static void Write(Utf8JsonWriter writer, Money value)
    {
        Span<byte> text = stackalloc byte[MoneyText.MaxLength];
        writer.WriteRawValue(text[..MoneyText.Format(value, text)], skipInputValidation: true);
    }
}
