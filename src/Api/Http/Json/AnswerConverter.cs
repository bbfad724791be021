using System.Text.Json;
using System.Text.Json.Serialization;

namespace BudgetEngine.Api.Http.Json;

/// <summary>Writes only: bodies are read field by field (<see cref="JsonFields"/>, ADR 6).</summary>
internal abstract class AnswerConverter<T> : JsonConverter<T>
{
    public sealed override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();
}
