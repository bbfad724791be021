using System.Buffers;
using System.Text;
using System.Text.Json;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Api.Http;

/// <summary>
/// Reads one JSON object field by field, straight from the body. A value that does not fit becomes a fault under its field's name and reading goes on, so that
/// all faults are found; a known field that occurs twice is a fault too (two readers could disagree on which one counts). Syntax errors throw
/// <see cref="JsonException"/>. Use: <c>while (fields.Next()) { if (fields.Is("a"u8)) ... else fields.Unknown(); }</c>
/// </summary>
internal ref partial struct JsonFields
{
    public const int MaxDepth = 32;

    /// <summary>What the longest text field (a record's preview) may arrive with before it is cut.</summary>
    public const int MaxText = 65_536;

    /// <summary>Names that one table may ask for: each has a bit that says whether it has occurred.</summary>
    private const int MaxFields = 64;

    private const int MaxNameBytes = 200;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    private readonly FaultList _faults;
    private readonly Resolution? _resolution;
    private readonly int _askedUnseen;
    private Utf8JsonReader _json;
    private ReadOnlySpan<byte> _name;
    private ulong _seen;
    private int _ordinal;
    private string _prefix;
    private string? _field;

    private JsonFields(Utf8JsonReader json, FaultList faults, Resolution? resolution)
    {
        _json = json;
        _faults = faults;
        _resolution = resolution;
        _askedUnseen = faults.Asked is null ? MaxFields : 0;
        _prefix = "";
    }

    public readonly FaultList Faults => _faults;

    /// <summary>How amounts of the body are counted.</summary>
    public readonly Resolution Resolution => _resolution ?? throw new InvalidOperationException("A body without a resolution has no amounts.");

    /// <summary>Opens the one object that the body must be.</summary>
    /// <param name="resolution">Null: nothing in it is an amount to be counted.</param>
    public static bool TryOpen(in ReadOnlySequence<byte> body, Resolution? resolution, FaultList faults, out JsonFields fields)
    {
        // The reader is faster on one span, which nearly every body is.
        fields = new JsonFields(body.IsSingleSegment ? new Utf8JsonReader(body.FirstSpan, Options) : new Utf8JsonReader(body, Options), faults, resolution);
        fields._json.Read();
        if (fields._json.TokenType == JsonTokenType.StartObject) return true;
        faults.Add("body", "must be a JSON object");
        fields._json.Skip();
        fields.End();
        return false;
    }

    /// <summary>Moves to the next field of the current object; false at its end.</summary>
    public bool Next()
    {
        _json.Read();
        _ordinal = 0;
        _field = null;
        if (_json.TokenType != JsonTokenType.PropertyName) return false;
        _name = _json.HasValueSequence ? _json.ValueSequence.ToArray() : _json.ValueSpan;
        if (_json.ValueIsEscaped) _name = Unescaped(_name);
        return true;
    }

    /// <summary>Whether the current field has this name. The calls of a loop are in the same order every time; there are at most <see cref="MaxFields"/>.</summary>
    public bool Is(ReadOnlySpan<byte> name)
    {
        if (_ordinal >= _askedUnseen) Ask(name);
        var bit = 1UL << _ordinal++;
        if (!_name.SequenceEqual(name)) return false;
        if ((_seen & bit) != 0) Fault("must not occur twice");
        _seen |= bit;
        return true;
    }

    /// <summary>Which of these the name of the current field is, -1: none. For names that mean what a field of an inner object means; they are not asked for by <see cref="Is"/>.</summary>
    public readonly int IndexIn(ReadOnlySpan<byte[]> names)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (_name.SequenceEqual(names[i])) return i;
        }

        return -1;
    }

    /// <summary>After the outermost object: nothing but white space may follow.</summary>
    public void End()
    {
        if (_json.Read()) throw new JsonException("Data after the end of the object.");
    }

    /// <summary>The name of the current field, with those of the objects around it. Read before the value.</summary>
    public string Name => _field ??= _prefix + ReadName();

    /// <summary>The name of the current field as the text that it means, for objects whose names are data; null after a fault.</summary>
    public string? PlainName()
    {
        string name;
        try
        {
            name = _json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            Fault("must be valid Unicode (no lone surrogate, no broken UTF-8)");
            return null;
        }

        if (!name.Contains('\0')) return name;
        Fault("must not have a NUL character");
        return null;
    }

    /// <summary>A field that is refused.</summary>
    public void Unknown()
    {
        _faults.AddUnknown(Name);
        _json.Skip();
    }

    /// <summary>A field that is ignored.</summary>
    public void Skip() => _json.Skip();

    /// <summary>The value of the current field, whatever it is, for a reader of its own; null for null.</summary>
    public JsonElement? Element()
    {
        _ = Name;
        return Start() == JsonTokenType.Null ? null : JsonElement.ParseValue(ref _json);
    }

    public void Fault(string message) => _faults.Add(Name, message);

    /// <param name="recurs">The same texts come again and again, as names of models do.</param>
    public string? Text(int maxLength, int minLength = 1, bool printable = false, bool recurs = false)
    {
        if (!ReadValue(JsonTokenType.String, "must be a text")) return null;
        return TextOf(maxLength, minLength, printable, recurs);
    }

    public bool? Boolean()
    {
        var start = Start();
        if (start is JsonTokenType.True or JsonTokenType.False) return start == JsonTokenType.True;
        Mismatch(start, "must be true or false");
        return null;
    }

    /// <summary>A whole number, in any notation of JSON's numbers.</summary>
    public long? Integer(long min, long max)
    {
        if (!ReadValue(JsonTokenType.Number, "must be a whole number")) return null;
        if (!_json.TryGetInt64(out var number))
        {
            var reading = ReadAmount(out var value);
            if (reading != AmountReading.TooLarge && decimal.Truncate(value) != value)
            {
                Fault("must be a whole number");
                return null;
            }

            number = reading == AmountReading.TooLarge ? (IsNegativeNumber() ? long.MinValue : long.MaxValue) : (long)value;
        }

        if (number >= min && number <= max) return number;
        Fault(number < min ? $"must be at least {min}" : $"must be at most {max}");
        return null;
    }

    public DateTimeOffset? Time()
    {
        if (!ReadValue(JsonTokenType.String, TimeText.Fault)) return null;
        if (TextOf(64, 1, false) is not { } text) return null;
        if (TimeText.TryParse(text, out var time)) return time;
        Fault(TimeText.Fault);
        return null;
    }

    /// <summary>A date or an instant; the default where there is none.</summary>
    public DateOrTime DateOrTime()
    {
        if (!ReadValue(JsonTokenType.String, Http.DateOrTime.Fault)) return default;
        if (TextOf(64, 1, false) is not { } text) return default;
        if (!Http.DateOrTime.TryParse(text, out var bound)) Fault(Http.DateOrTime.Fault);
        return bound;
    }

    public CostCenterId? CostCenter()
    {
        if (!ReadValue(JsonTokenType.String, "must be a text")) return null;
        if (TextOf(MaxText, 0, false, recurs: true) is not { } text) return null;
        if (CostCenterId.TryParse(text, out var id, out var fault)) return id;
        Fault(fault!);
        return null;
    }

    /// <summary>Enters an object that is the value of the current field; false (after a fault, or without one for null) when it is none.</summary>
    public bool Enter(out Outer outer)
    {
        outer = new Outer(_prefix, _seen, Name);
        if (!ReadValue(JsonTokenType.StartObject, "must be an object")) return false;
        _prefix = outer.Field + ".";
        _seen = 0;
        return true;
    }

    /// <summary>After the last field of an inner object, or of an item.</summary>
    public void Leave(in Outer outer)
    {
        _prefix = outer.Prefix;
        _seen = outer.Seen;
        _field = outer.Field;
    }

    /// <summary>Enters an array; then <see cref="NextItem"/> until it is false.</summary>
    public bool EnterArray() => ReadValue(JsonTokenType.StartArray, "must be an array");

    public bool NextItem()
    {
        _json.Read();
        return _json.TokenType != JsonTokenType.EndArray;
    }

    /// <summary>The current item as a text.</summary>
    public string? ItemText(int maxLength, bool printable = false)
    {
        if (_json.TokenType == JsonTokenType.String) return TextOf(maxLength, 1, printable);
        Fault("must have only texts");
        _json.Skip();
        return null;
    }

    /// <summary>Enters the current item, which must be an object.</summary>
    public bool EnterItem(int index, out Outer outer)
    {
        outer = new Outer(_prefix, _seen, Name);
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            Fault("must have only objects");
            _json.Skip();
            return false;
        }

        _prefix = $"{outer.Field}[{index}].";
        _seen = 0;
        return true;
    }

    /// <summary>True when the value of the current field is null; the value is then read. Else nothing is read of it.</summary>
    public bool IsNull()
    {
        var ahead = _json;
        ahead.Read();
        if (ahead.TokenType != JsonTokenType.Null) return false;
        _ = Name;
        _json = ahead;
        return true;
    }

    /// <summary>True when the value of the current field is a text. Nothing is read of it.</summary>
    public readonly bool IsText()
    {
        var ahead = _json;
        ahead.Read();
        return ahead.TokenType == JsonTokenType.String;
    }

    /// <summary>After the last field of an inner object: a field that it needs and does not have.</summary>
    public readonly void Missing(string field) => _faults.Add(_prefix + field, "is required");

    /// <summary>Off the hot path: a table that is too long, or tests that want to know the table.</summary>
    private readonly void Ask(ReadOnlySpan<byte> name)
    {
        if (_ordinal >= MaxFields) throw new InvalidOperationException($"A table of fields has more than {MaxFields}.");
        _faults.Asked?.Add(_prefix + Encoding.UTF8.GetString(name));
    }

    /// <summary>Reads the value's first token.</summary>
    private JsonTokenType Start()
    {
        _json.Read();
        return _json.TokenType;
    }

    private bool ReadValue(JsonTokenType wanted, string message)
    {
        var start = Start();
        if (start == wanted) return true;
        Mismatch(start, message);
        return false;
    }

    /// <summary>Null is the same as absent.</summary>
    private void Mismatch(JsonTokenType found, string message)
    {
        if (found != JsonTokenType.Null) Fault(message);
        _json.Skip();
    }

    private readonly string ReadName() => Encoding.UTF8.GetString(_name.Length <= MaxNameBytes ? _name : _name[..MaxNameBytes]);

    /// <summary>A name with half a character in it stays as it was sent, and is no known name.</summary>
    private readonly ReadOnlySpan<byte> Unescaped(ReadOnlySpan<byte> sent)
    {
        try
        {
            return Encoding.UTF8.GetBytes(_json.GetString()!);
        }
        catch (InvalidOperationException)
        {
            return sent;
        }
    }

    private string? TextOf(int maxLength, int minLength, bool printable, bool recurs = false)
    {
        string text;
        try
        {
            text = (recurs && !_json.HasValueSequence && !_json.ValueIsEscaped ? KnownTexts.Of(_json.ValueSpan) : null) ?? _json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            Fault("must be valid Unicode (no lone surrogate, no broken UTF-8)");
            return null;
        }

        if (text.Length < minLength) Fault(minLength == 1 ? "must not be empty" : $"must have at least {minLength} characters");
        else if (text.Length > maxLength) Fault($"must have at most {maxLength} characters");
        else if (text.Contains('\0')) Fault("must not have a NUL character");
        else if (printable && !TextRules.IsPrintable(text)) Fault("must have only printable characters");
        else return text;
        return null;
    }

    private readonly bool IsNegativeNumber()
    {
        var first = _json.HasValueSequence ? _json.ValueSequence.FirstSpan : _json.ValueSpan;
        return !first.IsEmpty && first[0] == '-';
    }

    /// <summary>What is around an inner object.</summary>
    public readonly record struct Outer(string Prefix, ulong Seen, string Field);
}
