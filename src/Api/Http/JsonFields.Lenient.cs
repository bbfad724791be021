using System.Buffers;
using System.Text;
using System.Text.Json;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Api.Http;

/// <summary>Reads of what is no reason to refuse a record, since it is neither money, identity nor time.</summary>
internal ref partial struct JsonFields
{
    /// <summary>A text that is no reason to refuse anything: a number or a boolean is taken as it is written; what cannot be read is null. Both are told by <paramref name="adjusted"/>.</summary>
    public string? AnyText(ref bool adjusted)
    {
        var start = Start();
        if (start == JsonTokenType.Null) return null;
        if (start == JsonTokenType.String && SoundText() is { } text) return text;
        adjusted = true;
        if (start is JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False) return Encoding.UTF8.GetString(_json.HasValueSequence ? _json.ValueSequence.ToArray() : _json.ValueSpan);
        _json.Skip();
        return null;
    }

    /// <summary>A number, also as a text, that is no reason to refuse anything: null for what is none or out of bounds, which is told by <paramref name="adjusted"/>.</summary>
    public decimal? AnyDecimal(decimal min, decimal max, ref bool adjusted)
    {
        var start = Start();
        if (start == JsonTokenType.Null) return null;
        if (start is JsonTokenType.Number or JsonTokenType.String && ReadAmount(out var value) == AmountReading.Ok && value >= min && value <= max) return value;
        adjusted = true;
        _json.Skip();
        return null;
    }

    /// <summary>As <see cref="Enter"/>, of what is no reason to refuse anything: what is no object is passed over, which is told by <paramref name="adjusted"/>.</summary>
    public bool TryEnterAny(out Outer outer, ref bool adjusted)
    {
        var ahead = _json;
        ahead.Read();
        if (ahead.TokenType == JsonTokenType.StartObject) return Enter(out outer);
        outer = default;
        adjusted |= ahead.TokenType != JsonTokenType.Null;
        _json.Skip();
        return false;
    }

    /// <summary>The name of the current field, for objects whose names are data; null, told by <paramref name="adjusted"/>, when it is not readable.</summary>
    public readonly string? AnyName(ref bool adjusted)
    {
        if (SoundText() is { } name) return name;
        adjusted = true;
        return null;
    }

    /// <summary>The id of a request: a longer one than can be stored becomes its beginning and a hash of the whole, so that repeats find each other and two stay two.</summary>
    public string? RequestId() =>
        Text(TextRules.MaxLongRequestId, printable: true) is { } id ? LongRequestId.Stored(id) : null;

    /// <summary>The text as it can be stored; null when it cannot.</summary>
    private readonly string? SoundText()
    {
        try
        {
            return _json.GetString() is { } text && !text.Contains('\0') ? text : null;
        }
        catch (InvalidOperationException)
        {
            // Safe: a lone surrogate or broken UTF-8; the caller says that it was dropped.
            return null;
        }
    }
}
