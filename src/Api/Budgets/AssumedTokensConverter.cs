using System.Text.Json;
using BudgetEngine.Api.Http.Json;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Api.Budgets;

/// <summary>A number of tokens, or <c>"max"</c>: the model's own maximum.</summary>
internal sealed class AssumedTokensConverter : AnswerConverter<long>
{
    public const string MaximumWord = "max";

    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options)
    {
        if (value == InheritedSettings.ModelMaximum) writer.WriteStringValue(MaximumWord);
        else writer.WriteNumberValue(value);
    }
}
