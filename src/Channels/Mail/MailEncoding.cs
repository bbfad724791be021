using System.Text;

namespace BudgetEngine.Channels;

/// <summary>The encodings of mail: everything leaves as ASCII lines of at most 76 characters.</summary>
internal static class MailEncoding
{
    private const int MaxLine = 76;
    private const string NewLine = "\r\n";

    /// <summary>UTF-8 text as quoted-printable (RFC 2045), with CRLF at every end of line.</summary>
    public static string QuotedPrintable(string text)
    {
        var encoded = new StringBuilder(text.Length + 64);
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            EncodeLine(encoded, Encoding.UTF8.GetBytes(line));
            encoded.Append(NewLine);
        }

        return encoded.ToString();
    }

    /// <summary>
    /// A header whose value may be any text of one line: as it is, folded at blanks, or as encoded words (RFC 2047). Line breaks cannot get in: values are cleaned, and what is
    /// left of control characters is encoded.
    /// </summary>
    public static string Header(string name, string value)
    {
        if (value.All(c => c is >= ' ' and <= '~') && !value.Contains("=?", StringComparison.Ordinal)) return Folded(name + ": ", value.Split(' '));
        // 45 bytes are 60 characters of base64: with what stands around it one line.
        var words = new List<string>();
        var word = new List<byte>(45);
        foreach (var rune in value.EnumerateRunes())
        {
            var bytes = Encoding.UTF8.GetBytes(rune.ToString());
            if (word.Count + bytes.Length > 45)
            {
                words.Add(Word(word));
                word.Clear();
            }

            word.AddRange(bytes);
        }

        words.Add(Word(word));
        return Folded(name + ": ", words);
    }

    /// <summary>The words behind the name, separated by blanks; a line break before the blank where a line would be too long.</summary>
    public static string Folded(string head, IReadOnlyList<string> words)
    {
        var header = new StringBuilder(head);
        var length = head.Length;
        for (var i = 0; i < words.Count; i++)
        {
            if (i > 0)
            {
                // A line of blanks only would end a header for some readers.
                if (length + 1 + words[i].Length > MaxLine && words[i].Length > 0)
                {
                    header.Append(NewLine);
                    length = 0;
                }

                header.Append(' ');
                length++;
            }

            header.Append(words[i]);
            length += words[i].Length;
        }

        return header.Append(NewLine).ToString();
    }

    private static string Word(List<byte> bytes) => $"=?utf-8?B?{Convert.ToBase64String([.. bytes])}?=";

    private static void EncodeLine(StringBuilder encoded, byte[] line)
    {
        var length = 0;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            // A blank at the end of a line would be lost on the way.
            var plain = c is > 32 and < 127 and not (byte)'=' || (c == ' ' && i < line.Length - 1);
            if (length + (plain ? 1 : 3) > MaxLine - 1)
            {
                encoded.Append('=').Append(NewLine);
                length = 0;
            }

            if (plain) encoded.Append((char)c);
            else encoded.Append('=').Append(c.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            length += plain ? 1 : 3;
        }
    }
}
