using System.Text;

namespace BudgetEngine.Domain.Wording;

/// <summary>
/// Texts that come with one request after the other (cost centers, models, users), as one string for all: less to make for a request, and nothing of its own that stays with what is remembered
/// of it. In a slot a newer text takes the place of an older one, so made-up texts cost nothing but room that is there.
/// </summary>
public static class KnownTexts
{
    /// <summary>Bytes; longer texts are not kept.</summary>
    public const int MaxLength = 64;

    private const int Slots = 4_096;

    private static readonly string?[] _texts = new string?[Slots];

    /// <summary>The string of an ASCII text; null: it is longer, empty, or not ASCII.</summary>
    public static string? Of(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > MaxLength) return null;
        // FNV-1a, 32 bits.
        var hash = 2_166_136_261u;
        foreach (var b in text) hash = unchecked((hash ^ b) * 16_777_619u);
        ref var slot = ref _texts[(hash ^ hash >> 16) % Slots];
        var known = Volatile.Read(ref slot);
        if (known is not null && Ascii.Equals(text, known)) return known;
        if (!Ascii.IsValid(text)) return null;
        known = Encoding.ASCII.GetString(text);
        Volatile.Write(ref slot, known);
        return known;
    }
}
