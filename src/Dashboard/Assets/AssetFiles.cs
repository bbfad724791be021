using System.IO.Compression;
using System.Security.Cryptography;

namespace BudgetEngine.Dashboard.Assets;

/// <summary>The style sheet, the script and the icon: embedded in the program, so that it needs no folder beside it.</summary>
internal static class AssetFiles
{
    public static readonly AssetFile Style = Read("dashboard.css", "text/css; charset=utf-8");
    public static readonly AssetFile Script = Read("dashboard.js", "text/javascript; charset=utf-8");
    public static readonly AssetFile Favicon = Read("favicon.svg", "image/svg+xml");

    public static IReadOnlyList<AssetFile> All { get; } = [Style, Script, Favicon];

    public static string Address(AssetFile file) => $"/assets/{file.Name}?v={file.Version}";

    private static AssetFile Read(string name, string contentType)
    {
        using var stream = typeof(AssetFiles).Assembly.GetManifestResourceStream(name)!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        var plain = copy.ToArray();
        return new AssetFile(
            name, contentType, Convert.ToHexStringLower(SHA256.HashData(plain).AsSpan(0, 6)), plain,
            Compress(plain, static s => new BrotliStream(s, CompressionLevel.SmallestSize)), Compress(plain, static s => new GZipStream(s, CompressionLevel.SmallestSize)));
    }

    private static byte[] Compress(byte[] plain, Func<Stream, Stream> open)
    {
        using var result = new MemoryStream();
        using (var stream = open(result)) stream.Write(plain);
        return result.ToArray();
    }
}
