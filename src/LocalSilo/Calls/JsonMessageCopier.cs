using System.Text.Json;

namespace BudgetEngine.LocalSilo.Calls;

/// <summary>Copies by a round trip through System.Text.Json, and throws if the copy would not be written the same again.</summary>
public sealed class JsonMessageCopier : IMessageCopier
{
    private readonly JsonSerializerOptions _options;

    /// <summary>A copier with options of its own; it adds what default immutable arrays need.</summary>
    public JsonMessageCopier(JsonSerializerOptions? options = null)
    {
        _options = options is null ? new() : new(options);
        _options.Converters.Add(new ImmutableArrayConverterFactory());
    }

    /// <summary>A copier with default options.</summary>
    public static JsonMessageCopier Default { get; } = new();

    /// <inheritdoc/>
    public object? Copy(object? value, Type declaredType)
    {
        if (value is null) return null;
        var json = JsonSerializer.SerializeToUtf8Bytes(value, declaredType, _options);
        var copy = JsonSerializer.Deserialize(json, declaredType, _options);

        // A member that is written but not read back would be lost without a word.
        if (json.AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(copy, declaredType, _options))) return copy;
        throw new NotSupportedException($"{declaredType} does not survive a round trip through JSON.");
    }
}
