using System.Globalization;
using System.Text.Json;

namespace BudgetEngine.TestKit.Engine;

/// <summary>A row of the export.</summary>
public sealed record Row(string Kind, string RequestId, string CostCenter, string User, string? Model, long Cost, bool Final, DateOnly BookedDate, string? Corrects, string[] Flags)
{
    public long Requests => Kind == "usage" && Final ? 1 : 0;

    public static Row Parse(string line)
    {
        var json = JsonDocument.Parse(line).RootElement;
        return new Row(
            json.GetProperty("kind").GetString()!, json.GetProperty("request_id").GetString()!, json.GetProperty("cost_center").GetString()!,
            json.GetProperty("user").GetString()!, json.GetProperty("model").GetString(), Nano.Of(json.GetProperty("cost")), json.GetProperty("final").GetBoolean(),
            DateOnly.ParseExact(json.GetProperty("booked_date").GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture), json.GetProperty("corrects").GetString(),
            [.. json.GetProperty("flags").EnumerateArray().Select(f => f.GetString()!).Where(Answer.IsTold)]);
    }
}
