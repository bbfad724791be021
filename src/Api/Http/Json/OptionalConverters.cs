using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace BudgetEngine.Api.Http.Json;

/// <summary>Makes the converter of each <see cref="Optional{T}"/>.</summary>
internal sealed class OptionalConverters : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Optional<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Converter<T> : AnswerConverter<Optional<T>>
    {
        private JsonTypeInfo<T?>? _type;

        public override void Write(Utf8JsonWriter writer, Optional<T> value, JsonSerializerOptions options)
        {
            if (value.Value is null) writer.WriteNullValue();
            else if (value.Value is string text) writer.WriteStringValue(text);
            else if (value.Value is decimal number) PlainDecimalConverter.Write(writer, number);
            else JsonSerializer.Serialize(writer, value.Value, _type ??= (JsonTypeInfo<T?>)options.GetTypeInfo(typeof(T)));
        }
    }
}
