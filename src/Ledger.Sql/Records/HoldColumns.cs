using System.Text.Json;
using System.Text.Json.Serialization;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Records;

/// <summary>How a durable hold lies in its table.</summary>
internal static class HoldColumns
{
    public static readonly string[] Names =
    [
        "key", "owner", "user_name", "model", "request_id", "content_hash", "attempt", "revision", "booked_date", "granted", "amount_left", "settled",
        "ttl_micros", "created_at", "deadline", "over_limit", "durable", "nodes", "epochs",
    ];

    /// <summary>All columns of <c>durable_holds h</c>.</summary>
    public static readonly string Select = string.Join(", ", Names.Select(n => "h." + n));

    public static void Write<TSink>(DurableHold hold, TSink to)
        where TSink : IColumnSink
    {
        to.Id(hold.Key);
        to.Text(hold.Owner);
        to.Text(hold.User);
        to.Text(hold.Model);
        to.Text(hold.RequestId);
        to.Id(hold.ContentHash);
        to.Number(hold.Attempt.Value);
        to.Number(hold.Revision.Value);
        to.Date(hold.Date);
        to.Number(hold.Granted.Nanos);
        to.Number(hold.Left.Nanos);
        to.Number(hold.Settled.Nanos);
        to.Number(hold.Ttl.Ticks / TimeSpan.TicksPerMicrosecond);
        to.Time(hold.CreatedAt);
        to.Time(hold.Deadline);
        to.Flag(hold.OverLimit);
        to.Flag(hold.Durable);
        to.Text(ToJson(hold.Nodes));
        to.Text(JsonSerializer.Serialize([.. hold.Epochs], ListsJson.Default.Int64Array));
    }

    public static string ToJson(IEnumerable<string> texts) => JsonSerializer.Serialize([.. texts], ListsJson.Default.StringArray);

    public static long[] NumbersOf(string json) => JsonSerializer.Deserialize(json, ListsJson.Default.Int64Array)!;

    public static string[] TextsOf(string json) => JsonSerializer.Deserialize(json, ListsJson.Default.StringArray)!;
}

/// <summary>Short lists that no statement looks into are stored as JSON.</summary>
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(long[]))]
internal sealed partial class ListsJson : JsonSerializerContext;
