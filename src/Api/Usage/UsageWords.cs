using BudgetEngine.Domain;

namespace BudgetEngine.Api;

/// <summary>Words of the API for what usage rows hold.</summary>
internal static class UsageWords
{
    private static readonly string[] Statuses = ["success", "error", "timeout", "cancelled"];
    private static readonly string[] Kinds = ["usage", "correction", "retained"];

    private static readonly (RowFlags Flag, string Word)[] FlagWords =
    [
        (RowFlags.Underestimated, "underestimated"), (RowFlags.AfterExpiry, "after_expiry"), (RowFlags.AfterRelease, "after_release"),
        (RowFlags.AfterSettle, "after_settle"), (RowFlags.NoReservation, "no_reservation"), (RowFlags.OtherCostCenter, "other_cost_center"),
        (RowFlags.OverLimit, "over_limit"), (RowFlags.Late, "late"), (RowFlags.Estimated, "estimated"), (RowFlags.Unpriced, "unpriced"),
        (RowFlags.Rounded, "rounded"), (RowFlags.Cut, "cut"),
    ];

    public static bool TryParse(string word, out UsageStatus status)
    {
        var index = Array.IndexOf(Statuses, word);
        status = index < 0 ? UsageStatus.Success : (UsageStatus)index;
        return index >= 0;
    }

    /// <summary>Absent: success.</summary>
    public static UsageStatus Parse(string? word) => word is not null && TryParse(word, out var status) ? status : UsageStatus.Success;

    public static string Of(UsageStatus status) => Statuses[(int)status];

    public static string Of(RowKind kind) => Kinds[(int)kind];

    public static void WriteFlags(System.Text.Json.Utf8JsonWriter json, RowFlags flags)
    {
        json.WriteStartArray("flags"u8);
        foreach (var (flag, word) in FlagWords)
        {
            if ((flags & flag) != 0) json.WriteStringValue(word);
        }

        json.WriteEndArray();
    }

    public static IEnumerable<string> Of(RowFlags flags)
    {
        foreach (var (flag, word) in FlagWords)
        {
            if ((flags & flag) != 0) yield return word;
        }
    }
}
