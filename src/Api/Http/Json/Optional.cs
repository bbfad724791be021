using System.Text.Json.Serialization;

namespace BudgetEngine.Api.Http.Json;

/// <summary>A member that is left out of an answer (the default), or written, also as null. Always with <c>WhenWritingDefault</c>.</summary>
[JsonConverter(typeof(OptionalConverters))]
public readonly record struct Optional<T>
{
    private Optional(T? value) => (IsGiven, Value) = (true, value);

    public bool IsGiven { get; }

    public T? Value { get; }

    public static implicit operator Optional<T>(T? value) => new(value);
}
