using System.Security.Cryptography;

namespace BudgetEngine.Shipping.Files;

/// <summary>Tells log files apart by how they begin.</summary>
internal static class Fingerprint
{
    public const int MaxLength = 1024;

    /// <summary>The hash of a file's first bytes; null: there are not so many, or there is no file.</summary>
    public static string? Of(string path, int length)
    {
        try
        {
            using var stream = LogFile.OpenStream(path);
            return Of(stream, length);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public static string? Of(Stream stream, int length)
    {
        var head = new byte[length];
        stream.Position = 0;
        return stream.ReadAtLeast(head, length, throwOnEndOfStream: false) < length ? null : Convert.ToHexStringLower(SHA256.HashData(head));
    }
}
