namespace BudgetEngine.Shipping.Files;

/// <summary>The files that a log was rotated into, beside it and not compressed: <c>budget.log.1</c>, and Caddy's <c>budget-2026-11-28T17-00-00.000.log</c>.</summary>
/// <param name="log">The log's own path.</param>
/// <param name="state">The position's file, which may lie there too.</param>
internal sealed class RotatedFiles(string log, string state)
{
    /// <summary>Files looked at; more than any rotation keeps.</summary>
    private const int MaxFiles = 1_000;

    private static readonly string[] _compressed = [".gz", ".bz2", ".xz", ".zst"];

    /// <summary>Where the file of a position is now; null: it is gone.</summary>
    public string? Find(LogPosition position) =>
        All().Prepend(log).FirstOrDefault(path => Fingerprint.Of(path, position.HeadLength) == position.Head && LengthOf(path) >= position.Offset);

    /// <summary>The file that was begun after this one: the oldest that was written to later, else the log itself.</summary>
    public string After(string? path)
    {
        if (path is null || !File.Exists(path)) return log;
        var written = File.GetLastWriteTimeUtc(path);
        return All().Where(p => p != path && File.GetLastWriteTimeUtc(p) > written).MinBy(File.GetLastWriteTimeUtc) ?? log;
    }

    /// <summary>Whether the log's own name still leads to the file of this position.</summary>
    public bool IsCurrent(LogPosition position) => Fingerprint.Of(log, position.HeadLength) == position.Head && LengthOf(log) >= position.Offset;

    private IEnumerable<string> All()
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(log))!;
        var (name, stem) = (Path.GetFileName(log), Path.GetFileNameWithoutExtension(log));
        return Directory.EnumerateFiles(folder, $"{stem}*").Where(p => IsRotated(Path.GetFileName(p), name, stem) && !p.StartsWith(Path.GetFullPath(state), StringComparison.Ordinal)).Take(MaxFiles);
    }

    private static bool IsRotated(string file, string name, string stem)
    {
        if (_compressed.Any(c => file.EndsWith(c, StringComparison.Ordinal))) return false;
        if (file.Length > name.Length && file.StartsWith(name, StringComparison.Ordinal) && !char.IsLetterOrDigit(file[name.Length])) return true;
        return file.Length > stem.Length + 1 && file[stem.Length] == '-' && char.IsAsciiDigit(file[stem.Length + 1]);
    }

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : -1;
}
