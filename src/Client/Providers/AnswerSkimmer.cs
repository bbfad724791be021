namespace BudgetEngine.Client.Providers;

/// <summary>Finds in a JSON object that is not kept, wherever its pieces end, the members at its top that say what a call cost.</summary>
internal sealed class AnswerSkimmer
{
    private readonly byte[] _member = new byte[AnswerReader.MaxReportCharacters];
    private byte[] _usage = [];
    private byte[] _tier = [];
    private int _length;
    private int _depth;
    private bool _isObject;
    private bool _isText;
    private bool _isEscaped;

    /// <summary>All that was read.</summary>
    public long Bytes { get; private set; }

    /// <summary>An object with only those members; of several with the same name the last, as parsers take it.</summary>
    public byte[] Found => [.. "{"u8, .. _usage, .. _usage.Length > 0 && _tier.Length > 0 ? ","u8 : ""u8, .. _tier, .. "}"u8];

    public void Read(ReadOnlySpan<byte> piece)
    {
        Bytes += piece.Length;
        foreach (var next in piece)
        {
            if (IsOfMember(next)) Keep(next);
        }
    }

    /// <summary>False: it stands between the members at the top, or is space before one.</summary>
    private bool IsOfMember(byte next)
    {
        if (_isText)
        {
            _isText = _isEscaped || next != '"';
            _isEscaped = !_isEscaped && next == '\\';
            return true;
        }

        switch ((char)next)
        {
            case '"':
                _isText = true;
                return true;
            case '{' or '[':
                if (++_depth > 1) return true;
                _isObject = next == '{';
                return false;
            case '}' or ']' when _depth > 1:
                _depth--;
                return true;
            case '}' or ']' when _depth == 1:
                _depth = 0;
                End();
                return false;
            case ',' when _depth == 1:
                End();
                return false;
            case ' ' or '\t' or '\r' or '\n':
                return _length > 0;
            default:
                return true;
        }
    }

    /// <summary>A member that is too long is counted only.</summary>
    private void Keep(byte next)
    {
        if (_length < _member.Length) _member[_length] = next;
        if (_length <= _member.Length) _length++;
    }

    private void End()
    {
        if (_isObject && _length <= _member.Length)
        {
            var member = _member.AsSpan(0, _length);
            if (member.StartsWith("\"usage\""u8)) _usage = member.ToArray();
            else if (member.StartsWith("\"service_tier\""u8)) _tier = member.ToArray();
        }

        _length = 0;
    }
}
