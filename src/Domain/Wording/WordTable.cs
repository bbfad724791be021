using System.Collections.Immutable;

namespace BudgetEngine.Domain.Wording;

/// <summary>The words of one enum, in both directions: in the HTTP API, in stored documents, in messages and in metrics.</summary>
public sealed class WordTable<T> where T : struct, Enum
{
    private readonly ImmutableArray<(T Value, string Word)> _entries;

    public WordTable(params ReadOnlySpan<(T Value, string Word)> entries)
    {
        _entries = [.. entries];
        All = [.. _entries.Select(e => e.Word)];
    }

    /// <summary>Stands for a value that has no word: one that a newer process has sent or stored. Null: there are no such values.</summary>
    public string? Otherwise { get; init; }

    /// <summary>Every word, in the order of the table.</summary>
    public ImmutableArray<string> All { get; }

    /// <summary>The word; null for a value that has none.</summary>
    public string? Find(T value)
    {
        foreach (var entry in _entries.AsSpan())
        {
            if (EqualityComparer<T>.Default.Equals(entry.Value, value)) return entry.Word;
        }

        return null;
    }

    public string Of(T value) => Find(value) ?? Otherwise ?? throw new ArgumentOutOfRangeException(nameof(value), value, "This value has no word.");

    /// <summary>The value; null for a word that is none.</summary>
    public T? Parse(string? word)
    {
        foreach (var entry in _entries.AsSpan())
        {
            if (entry.Word == word) return entry.Value;
        }

        return null;
    }
}
