using System.Text;
using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Api.Ingest;

/// <summary>Makes a segment of a cost center's path of any name: the same name gives the same segment, and two names give two.</summary>
internal static class SegmentName
{
    private const int HashBytes = 8;

    /// <summary>A hyphen and the hash's digits, at the end of what is not the name itself.</summary>
    private const int TailLength = 1 + HashBytes * 2;

    /// <summary>Stands for a name without any letter or digit that a segment can have.</summary>
    private const string Nameless = "name";

    /// <summary>The name itself where it is a segment; else what a segment can have of it, and a hash of the whole.</summary>
    public static string Of(string name) => IsSegment(name) && !HasTail(name) ? name : Readable(name) + "-" + StableId.HashOf(name, HashBytes);

    private static bool IsSegment(string name) => CostCenterId.TryParse(name, out var id, out _) && id.IsTenant && id.Path == name;

    /// <summary>A segment that looks as if it had been made here is made again, or it could be taken for another name's.</summary>
    private static bool HasTail(string name) => name.Length > TailLength && name[^TailLength] == '-' && !name.AsSpan(name.Length - TailLength + 1).ContainsAnyExcept("0123456789abcdef");

    private static string Readable(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name.ToLowerInvariant())
        {
            if (text.Length == CostCenterId.MaxSegmentLength - TailLength) break;
            if (char.IsAsciiLetterOrDigit(c)) text.Append(c);
            else if (text.Length > 0 && text[^1] != '-') text.Append('-');
        }

        while (text.Length > 0 && text[^1] == '-') text.Length--;
        return text.Length > 0 ? text.ToString() : Nameless;
    }
}
