using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.Json;

namespace BudgetEngine.Api.Ingest;

/// <summary>A record in another's format: the members that are asked for, at its top, and nothing of the rest, which is skipped unread (prompts, answers).</summary>
internal sealed class ForeignRecord
{
    /// <summary>Tools' schemas within a prompt nest deeper than any record of ours; what is skipped costs a bit a level.</summary>
    private const int MaxDepth = 4_096;

    /// <summary>Longer than every name that anybody asks for.</summary>
    private const int MaxNameLength = 64;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);

    /// <returns>Null: JSON, but no object.</returns>
    /// <exception cref="JsonException">No JSON.</exception>
    public static ForeignRecord? Read(in ReadOnlySequence<byte> json, FrozenSet<string> wanted)
    {
        var reader = new Utf8JsonReader(json, Options);
        reader.Read();
        var record = reader.TokenType == JsonTokenType.StartObject ? new ForeignRecord() : null;
        if (record is null) reader.Skip();
        else record.ReadMembers(ref reader, wanted);
        return reader.Read() ? throw new JsonException("Data after the end of the record.") : record;
    }

    /// <summary>The value at a path (<c>metadata.usage_object</c>); null where there is none, or null.</summary>
    public JsonElement? Find(string path)
    {
        var names = path.Split('.');
        if (!_members.TryGetValue(names[0], out var value)) return null;
        foreach (var name in names.AsSpan(1))
        {
            if (ForeignValues.Member(value, name) is not { } member) return null;
            value = member;
        }

        return value.ValueKind == JsonValueKind.Null ? null : value;
    }

    /// <summary>The text or number at a path; null where there is neither, and where it is blank.</summary>
    public string? Text(string path) => Find(path) is { } value ? ForeignValues.Text(value) : null;

    /// <summary>The text or number at a path as a name of something, in which nothing is replaced.</summary>
    public string? Identity(string path) => Find(path) is { } value ? ForeignValues.Identity(value) : null;

    private void ReadMembers(ref Utf8JsonReader reader, FrozenSet<string> wanted)
    {
        var known = wanted.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<byte> bytes = stackalloc byte[MaxNameLength];
        Span<char> chars = stackalloc char[MaxNameLength];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var length = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;
            string? name = null;
            if (length <= MaxNameLength && !reader.ValueIsEscaped)
            {
                if (reader.HasValueSequence) reader.ValueSequence.CopyTo(bytes);
                else reader.ValueSpan.CopyTo(bytes);
                if (Ascii.ToUtf16(bytes[..(int)length], chars, out var count) == OperationStatus.Done) known.TryGetValue(chars[..count], out name);
            }

            // Of two members of one name the last counts, as it does for the senders' own readers.
            if (name is null) reader.Skip();
            else _members[name] = JsonElement.ParseValue(ref reader);
        }
    }
}
