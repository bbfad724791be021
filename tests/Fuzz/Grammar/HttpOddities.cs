using System.Text;

namespace BudgetEngine.Fuzz.Grammar;

/// <summary>What is wrong outside of the body: methods, paths, queries, headers, types, encodings, framing.</summary>
internal static class HttpOddities
{
    private static readonly string[] _methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "get", "FOO", "PROPFIND", "M-SEARCH"];

    private static readonly string[] _types =
    [
        "text/plain", "application/json; charset=utf-16", "application/json; charset=\"utf-8\"", "application/json;charset", "APPLICATION/JSON", "application/xml", "application/x-ndjson", "application/json, text/plain",
        "multipart/form-data; boundary=x", "*/*", ";", "application/cloudevents+json", "application/merge-patch+json", "application/problem+json", "",
    ];

    private static readonly string[] _paths = ["//", "/.", "/..", "/%2e%2e", "/%2F", "/%252F", "/%00", "/%ff", "/%C0%AF", "/%", "/%zz", "/a%0d%0ab", "/", ";x=1", "/%E2%80%AE", "?", "??", "?a", "?=", "?&&", "?limit=1&limit=2", "?limit=%31", "?cost_center=%ff", "?cursor=%00", "?limit=99999999999999999999", "?tag.=x", "?tag.a=b&tag.a=c", "?from=2026-02-30", "?min_cost=1e999"];

    private static readonly (string Name, string Value)[] _headers =
    [
        ("Expect", "100-continue"), ("Expect", "200-maybe"), ("Accept-Encoding", "br, gzip"), ("Accept", "text/html"), ("Content-Encoding", "br"), ("Content-Encoding", "gzip, gzip"), ("Content-Encoding", "identity"),
        ("If-Match", "*"), ("If-Match", "W/\"x\""), ("If-Match", "\"a\", \"b\""), ("If-None-Match", "\"x\""), ("X-Request-ID", "a b"), ("X-Request-ID", "same"), ("X-Forwarded-For", "1.2.3.4"), ("Origin", "null"), ("Range", "bytes=0-1"),
        ("X-HTTP-Method-Override", "DELETE"), ("Cookie", "a=b"), ("Content-Language", "xx"), ("X-Reason", "why"), ("X-Budget-Amount", "1e999"), ("X-Cost-Center", "f1/a1"), ("Connection", "close"), ("Transfer-Encoding", "gzip, chunked"),
        ("Traceparent", "00-0-0-0"), ("X-Budget-Key", "second"), ("Content-Length", "5"), ("Date", "yesterday"),
    ];

    public static FuzzInput Apply(FuzzInput input, Random random) => random.Next(12) switch
    {
        0 => input with { Method = _methods[random.Next(_methods.Length)], MayBreakHttp = true },
        1 or 2 => input with { Target = input.Target.Split('?')[0] + _paths[random.Next(_paths.Length)], MayBreakHttp = true },
        3 => input with { Target = "/" + Uri.EscapeDataString(new string([.. Oddities.AnyString(random).Where(c => !char.IsSurrogate(c))])), MayBreakHttp = true },
        4 => WithType(input, _types[random.Next(_types.Length)]),
        5 => With(input, _headers[random.Next(_headers.Length)]),
        6 => With(input, ("X-Long", new string('h', 1 << random.Next(6, 16)))),
        7 => With(input, ($"X-{random.Next(100)}", Encoding.Latin1.GetString([.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => (byte)random.Next(1, 256))]).Replace('\n', ' '))),
        8 when input.Body.Length > 0 => Zipped(input, random),
        9 when input.Body.Length > 0 => input with { Framing = Framing.Truncated, MayBreakHttp = true },
        10 when input.Headers.Count > 0 => With(input, input.Headers[random.Next(input.Headers.Count)]),
        11 when input.Body.Length > 0 => Encoded(input, random),
        _ => input with { Framing = Framing.Chunked, Body = input.Body.Length == 0 ? "{}"u8.ToArray() : input.Body, Chunks = [.. Enumerable.Repeat(1, random.Next(1, 200))], MayBreakHttp = input.MayBreakHttp || input.Method is "TRACE" },
    };

    private static FuzzInput With(FuzzInput input, (string Name, string Value) header)
    {
        // A length without a body only makes the server wait for it.
        if (header.Name == "Content-Length" && input.Framing == Framing.None) return input;
        return input with { Headers = [.. input.Headers, header], MayBreakHttp = true };
    }

    private static FuzzInput WithType(FuzzInput input, string type) => input with { Headers = [.. input.Headers.Where(h => h.Name != "Content-Type"), ("Content-Type", type)] };

    private static FuzzInput Zipped(FuzzInput input, Random random)
    {
        var zipped = Mutations.Gzip(input.Body);
        var body = random.Next(4) switch
        {
            0 => Mutations.Bytes(zipped, random),
            1 => input.Body,
            2 => zipped[..random.Next(zipped.Length)],
            _ => zipped,
        };
        return input with { Body = body, Headers = [.. input.Headers, ("Content-Encoding", "gzip")] };
    }

    /// <summary>The same text in another encoding, or with a mark before it.</summary>
    private static FuzzInput Encoded(FuzzInput input, Random random)
    {
        var text = Encoding.UTF8.GetString(input.Body);
        return input with
        {
            Body = random.Next(4) switch { 0 => Encoding.Unicode.GetBytes(text), 1 => Encoding.BigEndianUnicode.GetBytes(text), 2 => [0xef, 0xbb, 0xbf, .. input.Body], _ => Encoding.Latin1.GetBytes(text) },
        };
    }
}
