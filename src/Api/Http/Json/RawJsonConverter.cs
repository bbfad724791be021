using System.Text.Json;

namespace BudgetEngine.Api.Http.Json;

/// <summary>A text that is JSON already, as the ledger stores documents.</summary>
internal class RawJsonConverter : AnswerConverter<string>
{
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteRawValue(value);
}
