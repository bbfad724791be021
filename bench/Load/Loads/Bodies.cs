using BudgetEngine.Load.Http;

namespace BudgetEngine.Load.Loads;

/// <summary>Bodies as a gateway would send them.</summary>
internal static class Bodies
{
    public const string Model = "gpt-4.1";

    public const string Price = """{ "input": 2, "output": 8, "cached_input": 0.5, "max_output_tokens": 32768 }""";

    /// <summary>How long what is to be released or settled is held, in seconds.</summary>
    public const int LongHold = 600;

    /// <summary>How long what nobody ends is held.</summary>
    public const int ShortHold = 5;

    public static string Check(string costCenter, bool dryRun = false, int holdSeconds = LongHold) =>
        $$"""{"cost_center":"{{costCenter}}","model":"{{Model}}","input_tokens":1200,"max_output_tokens":800,"""
        + $$""" "user":"u-17","session":"s-9","ttl_seconds":{{holdSeconds}},"dry_run":{{(dryRun ? "true" : "false")}}}""";

    public static string Usage(string costCenter, string requestId) => $$"""{"request_id":"{{requestId}}","cost_center":"{{costCenter}}",{{Rest}}}""";

    public static string Settlement(string reservationId, string requestId) => $$"""{"request_id":"{{requestId}}","reservation_id":"{{reservationId}}",{{Rest}}}""";

    public static string UsageLines(IEnumerable<string> costCenters) => string.Concat(costCenters.Select(c => Usage(c, UniqueIds.Place) + "\n"));

    /// <summary>What a record costs as it is.</summary>
    public static string Cost(string costCenter, string requestId, int cost) => $$"""{"request_id":"{{requestId}}","cost_center":"{{costCenter}}","cost":{{cost}}}""";

    private const string Rest =
        $$"""
        "user":"u-17","session":"s-9","provider":"openai","model":"{{Model}}","input_tokens":1180,"cached_input_tokens":0,"output_tokens":240,
        """
        + """
        "latency_ms":812.4,"time_to_first_token_ms":210,"status":"success","request_path":"/v1/chat/completions","tags":{"feature":"search"}
        """;
}
