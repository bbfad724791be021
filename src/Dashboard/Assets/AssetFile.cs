namespace BudgetEngine.Dashboard.Assets;

/// <summary>A file that pages link to: as it is, and compressed once.</summary>
/// <param name="Version">Of its content; part of its address, so that a browser may keep it for good.</param>
internal sealed record AssetFile(string Name, string ContentType, string Version, byte[] Plain, byte[] Brotli, byte[] Gzip);
