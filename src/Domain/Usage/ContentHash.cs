using System.Security.Cryptography;
using System.Text;

namespace BudgetEngine.Domain.Usage;

/// <summary>What content is told apart by, and names are made of: the first half of its SHA-256.</summary>
public static class ContentHash
{
    public static Guid Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return new Guid(hash[..16]);
    }

    /// <summary>Of the text in UTF-8.</summary>
    public static Guid Of(string text) => Of(Encoding.UTF8.GetBytes(text));
}
