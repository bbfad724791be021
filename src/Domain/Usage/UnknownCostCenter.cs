using System.Buffers;
using System.Text;
using System.Text.Json;

namespace BudgetEngine.Domain.Usage;

/// <summary>
/// Usage of a cost center that nobody knows, where the tenant lets none begin (<c>new_cost_centers: deny</c>): real cost is booked all the same, at the nearest ancestor that is
/// known. The name that was sent stays as a tag.
/// </summary>
public static class UnknownCostCenter
{
    /// <summary>The tag with the path that was sent, in place of one that the sender gave under this name. It is beyond the number of tags that a sender may give.</summary>
    public const string Tag = "unknown_cost_center";

    /// <summary>The longest value of a tag: of a longer path its end, which tells more than its beginning.</summary>
    private const int MaxTagValue = 256;

    /// <summary>The row as it is booked at <paramref name="ancestor"/>.</summary>
    public static UsageRow BookAt(UsageRow row, string ancestor) => row with
    {
        CostCenter = ancestor, Flags = row.Flags | RowFlags.UnknownCostCenter, TagsJson = WithTag(row.TagsJson, row.CostCenter), ContentHash = HashOf(row.ContentHash, row.CostCenter),
    };

    /// <summary>
    /// Whether a record is the one that is stored under its id, of an unknown cost center, wherever it would be booked today: the cost center, or a nearer ancestor, may have come
    /// into being since.
    /// </summary>
    public static bool IsRepeat(RowFlags storedFlags, Guid storedHash, UsageRow row) =>
        (storedFlags & RowFlags.UnknownCostCenter) != 0
        && storedHash == ((row.Flags & RowFlags.UnknownCostCenter) != 0 ? row.ContentHash : HashOf(row.ContentHash, row.CostCenter));

    /// <summary>Whether a record of an unknown cost center meets one under its id that is the ancestor's own. (Of two unknown ones nothing stored tells them apart: they share their ids.)</summary>
    public static bool IsBeside(RowFlags flags, RowFlags storedFlags) => (flags & ~storedFlags & RowFlags.UnknownCostCenter) != 0;

    /// <summary>The cost center that a row was sent for: where it is booked, or the unknown one that its tag names.</summary>
    public static string SentFor(UsageRow row)
    {
        if ((row.Flags & RowFlags.UnknownCostCenter) == 0) return row.CostCenter;
        using var tags = JsonDocument.Parse(row.TagsJson!);
        return tags.RootElement.GetProperty(Tag).GetString()!;
    }

    /// <summary>The content of such a row: what was sent, and under which name. A reservation's record need not name its cost center.</summary>
    private static Guid HashOf(Guid content, string path)
    {
        Span<byte> bytes = stackalloc byte[16];
        content.TryWriteBytes(bytes);
        return ContentHash.Of([.. bytes, .. Encoding.UTF8.GetBytes(path)]);
    }

    private static string WithTag(string? tags, string path)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (tags is not null)
            {
                using var sent = JsonDocument.Parse(tags);
                foreach (var tag in sent.RootElement.EnumerateObject())
                {
                    if (!tag.NameEquals(Tag)) tag.WriteTo(writer);
                }
            }

            writer.WriteString(Tag, path.Length <= MaxTagValue ? path : path[^MaxTagValue..]);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
