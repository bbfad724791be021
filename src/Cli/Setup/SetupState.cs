using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetEngine.Cli.Engine;

namespace BudgetEngine.Cli.Setup;

/// <summary>An installation's set-up as the engine has it, in the words of the file.</summary>
internal sealed class SetupState(EngineApi engine, TimeProvider clock, CancellationToken stopping)
{
    private const string DefaultPer = "1000000";

    /// <summary>What the engine adds to a channel that nobody sets.</summary>
    private static readonly string[] _toldOfChannels = ["name", "disabled", "health", "url_set", "secret_set", "token_set", "routing_key_set"];

    private static readonly string[] _toldOfSchedules = ["name", "time_zone", "next_at", "last_at"];
    private static readonly string[] _toldOfPrices = ["model", "deleted", "effective_from", "entered_at"];
    private static readonly string[] _toldOfKeys = ["id", "name", "created_at", "created_by", "revoked_at"];

    public async Task<Dictionary<BudgetName, JsonObject>> BudgetsAsync(string? under)
    {
        var budgets = new Dictionary<BudgetName, JsonObject>();
        await foreach (var item in engine.ListAsync(Query.Of("/v1/budgets", ("under", under)), int.MaxValue, stopping))
        {
            budgets[new BudgetName(item.Text("cost_center")!, item.Text("user"))] = Body(item.GetProperty("budget"));
        }

        return budgets;
    }

    /// <summary>Those in force, by model; none of a model whose price has ended.</summary>
    public async Task<Dictionary<string, JsonObject>> PricesAsync() =>
        (await PricesInForce.ReadAsync(engine, clock, stopping)).Where(p => !p.Value.Is("deleted")).ToDictionary(p => p.Key, p => Price(Body(p.Value, _toldOfPrices)), StringComparer.Ordinal);

    /// <summary>A price with its unit, whether or not it was written.</summary>
    public static JsonObject Price(JsonObject price)
    {
        var whole = (JsonObject)price.DeepClone();
        whole["per"] ??= JsonNode.Parse(DefaultPer);
        return whole;
    }

    public async Task<Dictionary<string, JsonObject>> ChannelsAsync()
    {
        var channels = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        await foreach (var item in engine.ListAsync("/v1/channels", int.MaxValue, stopping)) channels[item.Text("name")!] = Body(item, _toldOfChannels);
        return channels;
    }

    public async Task<Dictionary<string, JsonObject>> SchedulesAsync()
    {
        var schedules = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        await foreach (var item in engine.ListAsync("/v1/schedules", int.MaxValue, stopping)) schedules[item.Text("name")!] = Body(item, _toldOfSchedules);
        return schedules;
    }

    /// <summary>A schedule with its day and hour, whether or not they were written.</summary>
    public static JsonObject Schedule(JsonObject schedule)
    {
        var whole = (JsonObject)schedule.DeepClone();
        whole["hour"] ??= 8;
        if (whole["period"] is JsonValue period && period.TryGetValue<string>(out var word) && word == "weekly") whole["weekday"] ??= "monday";
        return whole;
    }

    /// <summary>Channels that have a secret which the engine does not tell, with its members.</summary>
    public async Task<Dictionary<string, IReadOnlyList<string>>> HiddenAsync()
    {
        var hidden = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        await foreach (var item in engine.ListAsync("/v1/channels", int.MaxValue, stopping))
        {
            hidden[item.Text("name")!] = [.. _toldOfChannels.Where(n => n.EndsWith("_set", StringComparison.Ordinal) && item.Is(n)).Select(n => n[..^"_set".Length]).Where(n => item.Text(n) is null)];
        }

        return hidden;
    }

    /// <summary>Keys that are of use, by name; several of one name are told apart by their ids.</summary>
    public async Task<ILookup<string, (string Id, JsonObject Profile)>> KeysAsync()
    {
        var now = clock.GetUtcNow();
        var keys = new List<(string Name, string Id, JsonObject Profile)>();
        await foreach (var item in engine.ListAsync("/v1/keys", int.MaxValue, stopping))
        {
            var isOver = item.Text("revoked_at") is not null || (item.Text("expires_at") is { } end && DateTimeOffset.Parse(end, CultureInfo.InvariantCulture) <= now);
            if (!isOver) keys.Add((item.Text("name")!, item.Text("id")!, Body(item, _toldOfKeys)));
        }

        return keys.ToLookup(k => k.Name, k => (k.Id, k.Profile), StringComparer.Ordinal);
    }

    /// <summary>What was answered without what is null and what the engine adds.</summary>
    private static JsonObject Body(JsonElement answered, params ReadOnlySpan<string> told)
    {
        var body = new JsonObject();
        foreach (var member in answered.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Null && !told.Contains(member.Name)) body[member.Name] = JsonNode.Parse(member.Value.GetRawText());
        }

        return body;
    }
}
