using System.Security.Cryptography;
using System.Text;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Api.Ingest;

/// <summary>Request ids of any length and with any characters, as ids that can be stored: the same one gives the same, two give two.</summary>
internal static class StableId
{
    private const int Kept = 160;
    private const int HashBytes = 16;
    private const char Tail = '~';

    /// <summary>The id as <c>/v1/usage</c> stores it; one that is not printable, or looks like a shortened one, is its start and a hash of the whole, too.</summary>
    public static string Of(string id) => TextRules.IsPrintable(id) && !HasTail(id) ? LongRequestId.Stored(id) : ForeignValues.Name(id, Kept) + Tail + HashOf(id, HashBytes);

    /// <summary>An id that looks as if it had been made here is made again, or it could be taken for another's.</summary>
    private static bool HasTail(string id) => id.Length > HashBytes * 2 && id[^(HashBytes * 2 + 1)] == Tail && !id.AsSpan(id.Length - HashBytes * 2).ContainsAnyExcept("0123456789abcdef");

    /// <summary>The start of the text's SHA-256, in hexadecimal digits.</summary>
    public static string HashOf(string text, int bytes) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))[..bytes]);
}
