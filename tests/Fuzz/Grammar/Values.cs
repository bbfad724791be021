using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BudgetEngine.Fuzz.Grammar;

/// <summary>Valid values for the schemas of the OpenAPI document; names with a meaning (ids, cost centers, models) get values that exist.</summary>
internal sealed class Values(JsonObject schemas, Harvest harvest, ReservationIds reservations)
{
    public const int Tenants = 8;

    private int _ids;

    public JsonTree Of(JsonNode? schema, string name, Random random)
    {
        if (Known(name, random) is { } known) return known;
        if (schema is not JsonObject rules) return JsonTree.Quoted("x");
        if ((string?)rules["$ref"] is { } reference) return Of(schemas[reference[(reference.LastIndexOf('/') + 1)..]], name, random);
        foreach (var choice in (string[])["oneOf", "anyOf"])
        {
            if (rules[choice] is JsonArray choices) return Of(choices[random.Next(choices.Count)], name, random);
        }

        if (rules["enum"] is JsonArray words) return new JsonText(words[random.Next(words.Count)]?.ToJsonString() ?? "null");
        return TypeOf(rules, random) switch
        {
            "object" => Members(rules, random),
            "array" => new JsonList { Items = [.. Enumerable.Range(0, random.Next(6)).Select(_ => Of(rules["items"], name, random))] },
            "integer" => new JsonText(Integer(rules, random).ToString(CultureInfo.InvariantCulture)),
            "number" => new JsonText((random.Next(1, 2_000) / 1_000m).ToString(CultureInfo.InvariantCulture)),
            "boolean" => new JsonText(random.Next(2) == 0 ? "true" : "false"),
            "null" => new JsonText("null"),
            _ => Text(rules, random),
        };
    }

    public static string CostCenter(Random random)
    {
        var path = $"f{random.Next(Tenants)}";
        if (random.Next(10) > 0) path += $"/a{random.Next(5)}";
        if (random.Next(3) > 0) path += $"/b{random.Next(8)}";
        return random.Next(40) == 0 ? path + "/c/d/e" : path;
    }

    public string NextId() => $"q{Interlocked.Increment(ref _ids)}";

    public static string Model(Random random) => random.Next(4) == 0 ? $"vendor/model-{random.Next(20)}" : $"model-{random.Next(20)}";

    private JsonMembers Members(JsonObject rules, Random random)
    {
        var members = new JsonMembers();
        var required = (rules["required"] as JsonArray)?.Select(r => (string)r!).ToHashSet() ?? [];
        // Sparse bodies are what callers send; all fields at once is the rare case that reaches most code.
        var share = random.Next(4) switch { 0 => 100, 1 => 60, _ => 25 };
        foreach (var (name, schema) in rules["properties"] as JsonObject ?? [])
        {
            if (required.Contains(name) || random.Next(100) < share) members.Items.Add((name, Of(schema, name, random)));
        }

        return members;
    }

    private JsonTree? Known(string name, Random random) => name switch
    {
        "cost_center" or "under" => JsonTree.Quoted(CostCenter(random)),
        "request_id" => JsonTree.Quoted(random.Next(8) == 0 ? harvest.Any(name, random) ?? NextId() : NextId()),
        "reservation_id" => random.Next(3) == 0 ? new JsonText("null") : JsonTree.Quoted(reservations.Next(random, out _)),
        "corrects" => JsonTree.Quoted(harvest.Any("recorded", random) ?? "none"),
        "model" => JsonTree.Quoted(Model(random)),
        "user" => JsonTree.Quoted($"u{random.Next(6)}"),
        "daily" or "weekly" or "monthly" or "total" => new JsonText(random.Next(3) == 0 ? "null" : (100 * (1 + Array.IndexOf(_periods, name))).ToString(CultureInfo.InvariantCulture)),
        "usage" => random.Next(3) == 0 ? UsageObjects.Next(random) : new JsonText("null"),
        // Wide mostly, so that other denials are reached too.
        "requests_per_minute" or "tokens_per_minute" => random.Next(20) == 0 ? new JsonText("{}") : new JsonText(random.Next(3) == 0 ? "100000" : "null"),
        "allowed_models" => new JsonText(random.Next(6) switch { 0 => """["model-1*","vendor/*"]""", 1 => """["a*b"]""", 2 => "[]", _ => "null" }),
        // Of a budget an object, of a check and a price a number: what of them is wrong is refused.
        "max_output_tokens" when random.Next(4) == 0 => new JsonText(random.Next(2) == 0 ? """{"model-*":500,"*":2000}""" : "null"),
        "ttl_seconds" => new JsonText(random.Next(1, 5).ToString(CultureInfo.InvariantCulture)),
        "from" => JsonTree.Quoted(DateTimeOffset.UtcNow.AddDays(-random.Next(30)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        "history" => new JsonText(random.Next(4) switch { 0 => "null", 1 => "\"keep\"", _ => "\"move\"" }),
        "time_zone" => JsonTree.Quoted("UTC"),
        _ => null,
    };

    private static readonly string[] _periods = ["daily", "weekly", "monthly", "total"];

    private static string TypeOf(JsonObject rules, Random random) => rules["type"] switch
    {
        JsonArray types => (string)types[random.Next(types.Count)]!,
        JsonValue type => (string)type!,
        _ => rules.ContainsKey("properties") ? "object" : "string",
    };

    private static long Integer(JsonObject rules, Random random)
    {
        var (least, most) = (Bound(rules, "minimum", 0), Bound(rules, "maximum", 100_000));
        return random.Next(6) switch { 0 => least, 1 => most, _ => random.NextInt64(least, Math.Min(most, least + 5_000) + 1) };
    }

    private static long Bound(JsonObject rules, string name, long otherwise) => rules[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? (long)value.GetValue<decimal>() : otherwise;

    private static JsonText Text(JsonObject rules, Random random)
    {
        var now = DateTimeOffset.UtcNow;
        return (string?)rules["format"] switch
        {
            "date-time" => JsonTree.Quoted(now.AddMinutes(-random.Next(20_000)).ToString("O", CultureInfo.InvariantCulture)),
            "date" => JsonTree.Quoted(now.AddDays(-random.Next(30)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
            _ when (string?)rules["pattern"] is { } pattern && pattern.StartsWith("^[a-z]", StringComparison.Ordinal) => JsonTree.Quoted("level-" + random.Next(4)),
            _ when (string?)rules["pattern"] is { } pattern && pattern.StartsWith("^[a-zA-Z0-9]", StringComparison.Ordinal) => JsonTree.Quoted(CostCenter(random)),
            _ => JsonTree.Quoted(random.Next(5) == 0 ? new string('y', random.Next(1, 300)) : $"text {random.Next(100)}"),
        };
    }
}
