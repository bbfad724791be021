using System.Text;
using System.Text.Json.Nodes;
using BudgetEngine.Fuzz.Host;

namespace BudgetEngine.Fuzz.Grammar;

/// <summary>Draws inputs: an operation, a valid request for it, and often something that is wrong with it.</summary>
internal sealed class Requests(Operations operations, Values values, Harvest harvest, ReservationIds reservations, PriceFiles prices)
{
    /// <summary>How often what is asked most in life is asked here, beside one share for every operation.</summary>
    private static readonly (string Name, int Share)[] _favourites = [("POST /v1/check", 12), ("POST /v1/usage", 18), ("POST /v1/prices/import", 5), ("POST /v1/ingest/litellm", 8), ("POST /v1/ingest/cloudevents", 6), ("PUT /v1/budgets/{cost_center}", 5), ("POST /v1/usage/corrections", 4), ("POST /v1/reservations/{id}/extend", 3), ("PUT /v1/channels/{name}", 3), ("POST /v1/cost-centers/{cost_center}", 3)];

    private readonly IngestBodies _ingest = new(values);

    private readonly Operation[] _drawn =
        [.. operations.All, .. operations.All.SelectMany(o => Enumerable.Repeat(o, _favourites.FirstOrDefault(f => f.Name == o.Name).Share))];

    public FuzzInput Next(int number, Random random)
    {
        var operation = _drawn[random.Next(_drawn.Length)];
        var input = Valid(number, operation, random);
        return random.Next(5) == 0 ? HttpOddities.Apply(input, random) with { KeepsCost = false } : input;
    }

    private FuzzInput Valid(int number, Operation operation, Random random)
    {
        var headers = new List<(string Name, string Value)>();
        var query = new List<string>();
        var path = operation.Path;
        string? forged = null;
        foreach (var parameter in operation.Parameters)
        {
            var name = (string)parameter["name"]!;
            switch ((string)parameter["in"]!)
            {
                case "path":
                    path = path.Replace($"{{{name}}}", PathValue(operation.Path, name, random, ref forged), StringComparison.Ordinal);
                    break;
                case "query" when random.Next(3) == 0:
                    query.Add($"{(name == "tag" ? "tag.feature" : name)}={QueryValue(parameter, name, random)}");
                    break;
                case "header" when random.Next(4) == 0:
                    headers.Add((name, HeaderValue(name, random)));
                    break;
            }
        }

        // What is posted to a cost center says so behind its name.
        if (operation.Name == "POST /v1/cost-centers/{cost_center}" && random.Next(20) > 0) path += "/move";
        headers.Add(Key(operation.Path, random));
        var (type, body, keepsCost) = operation.Bodies is null ? (null, null, false) : Body(operation, headers, random);
        if (type is not null) headers.Add(("Content-Type", type));
        return new FuzzInput
        {
            ForgedId = forged, Number = number, Operation = operation.Name, Method = operation.Method, Target = query.Count == 0 ? path : path + "?" + string.Join('&', query), Headers = headers,
            // A NUL in the path is refused by the server itself.
            MayBreakHttp = path.Contains("%00", StringComparison.Ordinal), Body = body ?? [], KeepsCost = keepsCost, Framing = body is null ? Framing.None : random.Next(8) == 0 ? Framing.Chunked : Framing.Length, Chunks = [.. Enumerable.Range(0, 8).Select(_ => random.Next(1, 60))],
        };
    }

    private (string Type, byte[] Body, bool KeepsCost) Body(Operation operation, List<(string Name, string Value)> headers, Random random)
    {
        if (operation.Path == "/v1/ingest/litellm" && random.Next(4) > 0) return _ingest.LiteLlm(random);
        if (operation.Path == "/v1/ingest/cloudevents" && random.Next(4) > 0) return _ingest.CloudEvents(random);
        var (type, body) = Other(operation, random);
        // An event in binary mode is none without its headers.
        if (operation.Path == "/v1/ingest/cloudevents") headers.AddRange([("ce-id", values.NextId()), ("ce-source", "gw")]);
        return (type, body, false);
    }

    private (string Type, byte[] Body) Other(Operation operation, Random random)
    {
        var (type, content) = operation.Bodies!.ElementAt(random.Next(operation.Bodies!.Count));
        if (operation.Path == "/v1/prices/import") return (type, prices.Next(random));
        if (type == "application/x-ndjson") return (type, UsageLines.Next(() => Tree(content!["schema"], random), random));
        var tree = operation.Path == "/v1/channels/{name}" && random.Next(3) > 0 ? Mutated(ChannelBodies.Next(random), random) : Tree(content!["schema"], random);
        var bytes = Encoding.UTF8.GetBytes(tree.ToString());
        if (random.Next(4) == 0) bytes = Mutations.Bytes(bytes, random);
        return (type, bytes);
    }

    private JsonTree Tree(JsonNode? schema, Random random) => Mutated(values.Of(schema, "", random), random);

    private static JsonTree Mutated(JsonTree tree, Random random)
    {
        if (random.Next(2) == 0) return tree;
        for (var i = random.Next(3); i >= 0; i--) Mutations.Structure(tree, random);
        return tree;
    }

    private string PathValue(string path, string name, Random random, ref string? forged)
    {
        if (random.Next(12) == 0) return Uri.EscapeDataString(Sound(Oddities.AnyString(random)));
        if (name == "id" && path.StartsWith("/v1/reservations", StringComparison.Ordinal))
        {
            var id = reservations.Next(random, out var isForged);
            if (isForged) forged = id;
            return id;
        }

        var value = name switch
        {
            "cost_center" => Values.CostCenter(random),
            "model" => Values.Model(random),
            "id" when path.StartsWith("/v1/keys", StringComparison.Ordinal) => harvest.Any("key_id", random) ?? "key_none",
            "id" when path.StartsWith("/v1/alerts", StringComparison.Ordinal) => harvest.Any("alert_id", random) ?? "alr_none",
            "id" => $"i{random.Next(30)}",
            _ => $"x{random.Next(5)}",
        };
        return random.Next(6) == 0 ? value.Replace("/", "%2F", StringComparison.Ordinal) : value;
    }

    private string QueryValue(JsonObject parameter, string name, Random random)
    {
        if (random.Next(4) == 0) return Uri.EscapeDataString(Sound(Oddities.AnyString(random)));
        if (name == "cursor") return harvest.Any("next_cursor", random) ?? "c";
        if (name is "dry_run") return random.Next(20) == 0 ? "false" : "true";
        if (name is "format") return random.Next(5) == 0 ? "csv" : "litellm";
        if (name is "under") return Values.CostCenter(random);
        return Uri.EscapeDataString(values.Of(parameter["schema"], name, random).ToString().Trim('"'));
    }

    private string HeaderValue(string name, Random random) => random.Next(3) == 0
        ? Printable(Oddities.AnyString(random))
        : name switch
        {
            "If-Match" => harvest.Any("etag", random) ?? "\"1\"",
            "If-None-Match" => "*",
            "Last-Event-ID" => harvest.Any("event_id", random) ?? "p-1-1",
            "X-Cost-Center" => Values.CostCenter(random),
            "X-Budget-Amount" => "0.01",
            "X-Budget-Input-Tokens" or "X-Budget-Max-Output-Tokens" => "12",
            _ => "text",
        };

    /// <summary>The key of the whole installation, mostly; the gateway dialect reads one header only.</summary>
    private static (string Name, string Value) Key(string path, Random random) => random.Next(30) switch
    {
        0 => ("X-Budget-Key", "bk_wrong"),
        1 => ("Authorization", "Bearer"),
        2 => ("Authorization", "Basic " + FuzzHost.AdminKey[..10]),
        < 9 when !path.StartsWith("/v1/authorize", StringComparison.Ordinal) => ("Authorization", "Bearer " + FuzzHost.AdminKey),
        _ => ("X-Budget-Key", FuzzHost.AdminKey),
    };

    /// <summary>Without halves of surrogate pairs, which cannot be escaped.</summary>
    private static string Sound(string text) => new([.. text.Where(c => !char.IsSurrogate(c))]);

    private static string Printable(string text) => new([.. text.Where(c => c is >= ' ' and <= '~')]);
}
