using System.Security.Cryptography;
using System.Text;

namespace BudgetEngine.Domain.Usage;

/// <summary>Ids of requests that are longer than what is stored: gateways send 730 characters and more.</summary>
public static class LongRequestId
{
    /// <summary>The longest id that is stored as it is.</summary>
    public const int MaxStored = 200;

    private const int Kept = 160;
    private const int HashBytes = 16;

    /// <summary>The id as it is stored: a longer one is its first 160 characters and a hash of the whole, so that repeats find each other and two ids stay two.</summary>
    public static string Stored(string id)
    {
        if (id.Length <= MaxStored) return id;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(id), hash);

        // Never between the halves of a surrogate pair: a lone one could not be stored.
        var kept = char.IsHighSurrogate(id[Kept - 1]) ? Kept - 1 : Kept;
        return $"{id.AsSpan(0, kept)}~{Convert.ToHexStringLower(hash[..HashBytes])}";
    }
}
