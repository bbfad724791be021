using System.Text.Json;

namespace BudgetEngine.Api.Http.Json;

/// <summary>RFC 3339 in UTC.</summary>
internal sealed class UtcTimeConverter : AnswerConverter<DateTimeOffset>
{
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value.UtcDateTime);
}
