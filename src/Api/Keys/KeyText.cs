using System.Buffers.Text;
using System.Security.Cryptography;

namespace BudgetEngine.Api.Keys;

/// <summary>Making of keys and their ids.</summary>
internal static class KeyText
{
    /// <summary>No longer text is hashed.</summary>
    public const int MaxLength = 256;

    public static string NewKey() => "bk_" + Random(32);

    public static string NewId() => "key_" + Random(12);

    private static string Random(int bytes) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));
}
