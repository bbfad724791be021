using System.Globalization;
using System.Text;
using System.Text.Json;

namespace BudgetEngine.Fuzz.Grammar;

/// <summary>
/// Records in others' formats. Identity, time and cost are sound, everything else may be anything that is JSON: whatever a body of these says, nothing of it may be
/// refused. Others are mutated without mercy.
/// </summary>
internal sealed class IngestBodies(Values values)
{
    /// <summary>Names make cost centers, which stay: a bounded number of odd ones.</summary>
    private const int Names = 40;

    /// <summary>An event's data is a usage record, which nests 32 levels; a payload is another's, and nests as it likes.</summary>
    private const int DataDepth = 24;
    private const int PayloadDepth = 4_000;

    private static readonly string[] _payloadMembers =
        ["trace_id", "call_type", "stream", "custom_llm_provider", "prompt_tokens", "completion_tokens", "total_tokens", "completionStartTime", "response_time", "model", "cache_hit", "request_tags", "messages", "response", "error_str", "error_information", "hidden_params", "status", "call_id"];

    private static readonly string[] _eventMembers = ["specversion", "type", "datacontenttype", "dataschema", "extension", "subject"];

    /// <returns>Whether nothing of it may be refused.</returns>
    public (string Type, byte[] Body, bool KeepsCost) LiteLlm(Random random)
    {
        var (records, sound) = Records(Payload, random);
        return random.Next(3) switch
        {
            0 => ("application/json", Bytes(Joined(records, ",", "[", "]"), random, ref sound), sound),
            1 => (random.Next(2) == 0 ? "application/json" : "application/x-ndjson", Bytes(Joined(records, "\n", "", ""), random, ref sound), sound),
            _ => ("application/json", Bytes(records[0].ToString(), random, ref sound), sound),
        };
    }

    public (string Type, byte[] Body, bool KeepsCost) CloudEvents(Random random)
    {
        var (records, sound) = Records(Event, random);
        return random.Next(2) == 0
            ? ("application/cloudevents-batch+json", Bytes(Joined(records, ",", "[", "]"), random, ref sound), sound)
            : ("application/cloudevents+json", Bytes(records[0].ToString(), random, ref sound), sound);
    }

    private static (List<JsonTree> Records, bool Sound) Records(Func<Random, JsonMembers> next, Random random)
    {
        var sound = random.Next(3) > 0;
        var records = new List<JsonTree>();
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            var record = next(random);
            if (!sound) Mutations.Structure(record, random);
            records.Add(record);
        }

        return (records, sound);
    }

    private static string Joined(List<JsonTree> records, string between, string start, string end) => start + string.Join(between, records) + end;

    private static byte[] Bytes(string text, Random random, ref bool sound)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (sound || random.Next(3) > 0) return bytes;
        return Mutations.Bytes(bytes, random);
    }

    private JsonMembers Payload(Random random)
    {
        var start = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - random.Next(1, 100_000);
        var record = new JsonMembers();
        Add("id", JsonTree.Quote(values.NextId()));
        Add("response_cost", Cost(random));
        Add("startTime", start.ToString(CultureInfo.InvariantCulture));
        var metadata = new JsonMembers { Items = { ("user_api_key_team_id", new JsonText(JsonTree.Quote(Name(random)))), ("usage_object", AsJson(UsageObjects.Next(random))), (Member(random), Odd(random)) } };
        record.Items.Add(("metadata", random.Next(8) == 0 ? Odd(random) : metadata));
        for (var i = random.Next(8); i > 0; i--) record.Items.Add((_payloadMembers[random.Next(_payloadMembers.Length)], Odd(random)));
        if (random.Next(3) == 0) record.Items.Add((Member(random), Odd(random)));
        return record;

        void Add(string name, string value) => record.Items.Add((name, new JsonText(value)));
    }

    private JsonMembers Event(Random random)
    {
        var data = new JsonMembers { Items = { ("cost_center", new JsonText(JsonTree.Quote(Values.CostCenter(random)))), ("cost", new JsonText(Cost(random))) } };
        if (random.Next(2) == 0) data.Items.Add(("usage", AsJson(UsageObjects.Next(random), DataDepth)));
        var record = new JsonMembers { Items = { ("id", new JsonText(JsonTree.Quote(values.NextId()))), ("source", new JsonText(JsonTree.Quote(random.Next(2) == 0 ? "gw" : "gw|" + Name(random).Replace("\0", "", StringComparison.Ordinal).Trim() + "x"))), ("data", data) } };
        for (var i = random.Next(4); i > 0; i--) record.Items.Add((_eventMembers[random.Next(_eventMembers.Length)], Odd(random)));
        if (random.Next(3) == 0) record.Items.Add((Member(random), Odd(random)));
        return record;
    }

    /// <summary>Within what a record may cost, as senders compute it: with more digits than can be booked.</summary>
    private static string Cost(Random random) => random.Next(4) switch
    {
        0 => "\"0.0125\"",
        1 => $"{random.Next(1, 900)}e-{random.Next(1, 12)}",
        _ => "0." + random.NextInt64(1, 100_000_000_000_000_000).ToString("D17", CultureInfo.InvariantCulture),
    };

    private static string Name(Random random) => Oddities.AnyString(new Random(random.Next(Names)));

    /// <summary>No name that means anything, and none with half a character in it, beside which no other name can be told.</summary>
    private static string Member(Random random) => "odd " + new string([.. Oddities.AnyString(random).Where(c => !char.IsSurrogate(c))]);

    /// <summary>Anything that is JSON.</summary>
    private static JsonTree Odd(Random random) => AsJson(new JsonText(Oddities.AnyValue(random)));

    private static JsonTree AsJson(JsonTree value, int maxDepth = PayloadDepth)
    {
        try
        {
            JsonDocument.Parse(value.ToString(), new JsonDocumentOptions { MaxDepth = maxDepth }).Dispose();
            return value;
        }
        catch (JsonException)
        {
            return new JsonText("null");
        }
    }
}
