using System.Security.Cryptography;
using System.Text;

namespace BudgetEngine.Domain.Usage;

/// <summary>
/// Under what id a record is kept whose request id a record of another cost center has already. Whoever may post anywhere in a tenant could otherwise take the ids of the others first,
/// and their cost would never be booked. One cost center has one such id for each request id, so a repeat finds it.
/// </summary>
public static class ConflictingRequestId
{
    /// <summary>No caller can send it: it is not printable.</summary>
    private const char Separator = '\u001f';

    private const int HashBytes = 16;

    /// <summary>The id as it is stored.</summary>
    public static string Of(string requestId, string costCenter)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(costCenter), hash);
        return $"{requestId}{Separator}{Convert.ToHexStringLower(hash[..HashBytes])}";
    }

    /// <summary>The id as it was sent, and as people see it.</summary>
    public static string Sent(string stored) => stored.IndexOf(Separator) is >= 0 and var end ? stored[..end] : stored;
}
