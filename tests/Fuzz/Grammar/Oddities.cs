namespace BudgetEngine.Fuzz.Grammar;

/// <summary>What has broken parsers before.</summary>
internal static class Oddities
{
    public static readonly string[] Numbers =
    [
        "0", "-0", "-1", "1", "0.5", "1e308", "1e309", "1e999999999", "-1e999", "1e-400", "1e-9", "1e-10", "5e-10", "0.0000000001", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "-9223372036854775809", "18446744073709551616", "79228162514264337593543950335", "79228162514264337593543950336", "9007199254740993", "2147483648",
        "0.1234567891234567891", "1E+20", "1e00000000000000000000001", "00", "01", "+1", ".5", "5.", "1e", "-", "NaN", "Infinity", "-Infinity", "0x10", "1_000", "1,5",
        "\"1e5\"", "\"-1\"", "\"1e999\"", "\"0.1234567890123\"", "\" 1\"", "\"\\u0661\"", "4.9406564584124654e-324", "1000000001", "999999999.999999999", "1000000000000",
    ];

    public static readonly string[] Strings =
    [
        "", " ", "\u0000", "a\u0000b", "\ud800", "\udc00\ud800", "\ud83d\ude00", "\u202e\u202d", "a\u0301\u0323", "\ufeff", "\u2028", "\u0085", "\uffff", "İ", "ß", "ſ", "K", "../..", "%2F", "%00",
        "'; drop table usage; --", "\" or 1=1", "${jndi:ldap://x}", "<script>alert(1)</script>", "{{7*7}}", "\r\nX-Injected: 1", "null", "true", "0", "-1", "1e5", "2026-02-30T00:00:00Z",
        "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "2026-11-21T10:00:00", "2026-11-21T24:00:00Z", "2026-11-21T10:00:60Z", "2026-11-21T10:00:00+99:99", "2026-11-21", "10000-01-01T00:00:00Z",
        "rsv_", "rsv_AAAA", "rsv_" + "\u00e9", "acme//x", "ACME/X", ".", "..", "/", "a/", "/a", "a/b/c/d/e/f/g/h/i", "f0/a.b_c-d", "-a", "_a", "*", "%", "_", "UTC", "Europe/Nowhere", "America/New_York", "Etc/GMT+14",
        "daily", "hard", "MAX", "max", "W/\"1\"", "\t", "\u007f", "١٢٣",
    ];

    public static readonly string[] Others =
        ["null", "true", "false", "[]", "{}", "[[]]", "[null]", "{\"\":1}", "nul", "tru", "'a'", "\"\\x\"", "\"\\u12\"", "\"unterminated", "[1,]", "{\"a\":}", "{a:1}", "/**/1", "undefined", "\"\u0001\"", "\"\t\"", ""];

    public static string AnyValue(Random random) => random.Next(10) switch
    {
        < 4 => Numbers[random.Next(Numbers.Length)],
        < 7 => JsonTree.Quote(AnyString(random)),
        7 => Others[random.Next(Others.Length)],
        8 => Deep(random),
        _ => Digits(random),
    };

    public static string AnyString(Random random) => random.Next(12) switch
    {
        0 => new string('x', 1 << random.Next(4, 12)),
        1 => new string((char)random.Next(1, 0xffff), random.Next(1, 300)),
        2 => Strings[random.Next(Strings.Length)] + Strings[random.Next(Strings.Length)],
        _ => Strings[random.Next(Strings.Length)],
    };

    private static string Deep(Random random)
    {
        var depth = 1 << random.Next(1, 12);
        return random.Next(3) switch
        {
            0 => new string('[', depth) + new string(']', depth),
            1 => new string('[', depth),
            _ => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth),
        };
    }

    private static string Digits(Random random) => new string('9', random.Next(1, 500)) + (random.Next(2) == 0 ? "" : "." + new string('3', random.Next(1, 200)));
}
