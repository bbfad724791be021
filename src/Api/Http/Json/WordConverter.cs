using System.Collections.Immutable;
using System.Text.Json;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Api.Http.Json;

/// <summary>Something whose values are a few words.</summary>
internal interface IHasWords
{
    ImmutableArray<string> Words { get; }

    /// <summary>Whether a value is written as an array of them.</summary>
    bool AreMany => false;
}

/// <summary>An enum by its table of words.</summary>
internal abstract class WordConverter<T>(WordTable<T> words) : AnswerConverter<T>, IHasWords where T : struct, Enum
{
    public ImmutableArray<string> Words => words.All;

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(words.Of(value));
}
