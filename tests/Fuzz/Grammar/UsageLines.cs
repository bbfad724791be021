using System.Text;

namespace BudgetEngine.Fuzz.Grammar;

/// <summary>NDJSON as senders write it and as they do not: endings, blank lines, lines beyond the limit, broken bytes, no last line feed.</summary>
internal static class UsageLines
{
    private const int OverLimit = 70_000;

    public static byte[] Next(Func<JsonTree> record, Random random)
    {
        var bytes = new MemoryStream();
        for (var i = random.Next(1, 12); i > 0; i--)
        {
            var line = Encoding.UTF8.GetBytes(record().ToString());
            if (random.Next(10) == 0) line = Mutations.Bytes(line, random);
            if (random.Next(400) == 0) line = [.. line, .. new byte[OverLimit].Select(_ => (byte)' ')];
            bytes.Write(line);
            bytes.Write(Ending(random));
        }

        var all = bytes.ToArray();
        return random.Next(4) == 0 ? all[..^1] : all;
    }

    private static ReadOnlySpan<byte> Ending(Random random) => random.Next(12) switch
    {
        0 or 1 => "\r\n"u8,
        2 => "\n\n"u8,
        3 => "\n \t\n"u8,
        4 => "\r"u8,
        5 => "\n\r\n"u8,
        _ => "\n"u8,
    };
}
