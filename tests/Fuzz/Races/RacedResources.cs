using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace BudgetEngine.Fuzz.Races;

/// <summary>A budget: put, patched member by member, deleted.</summary>
internal sealed class RacedBudget(string name) : IRacedResource
{
    private string Path => $"/v1/budgets/{name}";

    public async Task<string?> PrepareAsync(HttpClient admin, Random random)
    {
        if (random.Next(2) == 0) return null;
        (await admin.PutAsync(Path, Races.Json("""{"daily":1,"monthly":200}"""))).EnsureSuccessStatusCode();
        return "1;200";
    }

    public RaceStep Next(Random random)
    {
        var (daily, monthly) = (random.Next(10, 99), random.Next(100, 999));
        return random.Next(4) switch
        {
            0 => new RaceStep(HttpMethod.Put, Path, $$"""{"daily":{{daily}},"monthly":{{monthly}}}""", s => ($"{daily};{monthly}", s is null ? 201 : 200)),
            1 => new RaceStep(HttpMethod.Patch, Path, $$"""{"daily":{{daily}}}""", s => s is null ? (null, 404) : ($"{daily};{s.Split(';')[1]}", 200)),
            2 => new RaceStep(HttpMethod.Patch, Path, $$"""{"monthly":{{monthly}}}""", s => s is null ? (null, 404) : ($"{s.Split(';')[0]};{monthly}", 200)),
            _ => new RaceStep(HttpMethod.Delete, Path, null, s => (null, s is null ? 404 : 204)),
        };
    }

    public async Task<string?> ReadAsync(HttpClient admin) => await Races.GetAsync(admin, Path) is { } found ? $"{found["budget"]!["daily"]};{found["budget"]!["monthly"]}" : null;
}

/// <summary>A key: renamed by patches, revoked for good.</summary>
internal sealed class RacedKey(string name) : IRacedResource
{
    private const string Revoked = "revoked";
    private string _id = "";

    public async Task<string?> PrepareAsync(HttpClient admin, Random random)
    {
        using var made = await admin.PostAsync("/v1/keys", Races.Json($$"""{"name":"{{name}}","scopes":["read"]}"""));
        _id = (string)JsonNode.Parse(await made.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!["id"]!;
        return $"{name};";
    }

    public RaceStep Next(Random random)
    {
        var number = random.Next(1_000);
        return random.Next(3) switch
        {
            0 => new RaceStep(HttpMethod.Patch, $"/v1/keys/{_id}", $$"""{"name":"{{name}}-{{number}}"}""", s => s == Revoked ? (s, 404) : ($"{name}-{number};{s!.Split(';')[1]}", 200)),
            1 => new RaceStep(HttpMethod.Patch, $"/v1/keys/{_id}", """{"expires_at":"2999-01-01T00:00:00Z"}""", s => s == Revoked ? (s, 404) : ($"{s!.Split(';')[0]};ends", 200)),
            _ => new RaceStep(HttpMethod.Delete, $"/v1/keys/{_id}", null, _ => (Revoked, 204)),
        };
    }

    public async Task<string?> ReadAsync(HttpClient admin)
    {
        for (string? cursor = null; ;)
        {
            var page = (await Races.GetAsync(admin, $"/v1/keys?limit=500{(cursor is null ? "" : $"&cursor={cursor}")}"))!;
            if (page["items"]!.AsArray().FirstOrDefault(k => (string?)k!["id"] == _id) is { } key) return key["revoked_at"] is not null ? Revoked : $"{key["name"]};{(key["expires_at"] is null ? "" : "ends")}";
            if ((cursor = (string?)page["next_cursor"]) is null) return null;
        }
    }
}

/// <summary>An increase: of several with one id the first stands.</summary>
internal sealed class RacedIncrease(string name) : IRacedResource
{
    public async Task<string?> PrepareAsync(HttpClient admin, Random random)
    {
        (await admin.PutAsync($"/v1/budgets/{name}", Races.Json("""{"daily":1}"""))).EnsureSuccessStatusCode();
        return null;
    }

    public RaceStep Next(Random random)
    {
        var amount = random.Next(1, 3);
        return new RaceStep(
            HttpMethod.Put, $"/v1/increases/{name.Replace('/', '-')}", $$"""{"cost_center":"{{name}}","period":"daily","amount":{{amount}},"until":"2999-01-01T00:00:00Z"}""",
            s => s is null ? ($"{amount}", 201) : (s, s == $"{amount}" ? 200 : 409));
    }

    public async Task<string?> ReadAsync(HttpClient admin) => (await Races.GetAsync(admin, $"/v1/increases?under={name}"))!["items"]!.AsArray() is [{ } one] ? $"{one["amount"]}" : null;
}

/// <summary>A channel: put as a whole, deleted.</summary>
internal sealed class RacedChannel(string name) : IRacedResource
{
    private string Path => $"/v1/channels/{name.Replace('/', '-')}";

    public Task<string?> PrepareAsync(HttpClient admin, Random random) => Task.FromResult<string?>(null);

    public RaceStep Next(Random random)
    {
        var level = random.Next(2) == 0 ? "warning" : "critical";
        return random.Next(3) == 0
            ? new RaceStep(HttpMethod.Delete, Path, null, s => (null, s is null ? 404 : 204))
            : new RaceStep(HttpMethod.Put, Path, $$"""{"type":"slack","url":"https://hooks.example.com/x","levels":["{{level}}"]}""", s => (level, s is null ? 201 : 200));
    }

    public async Task<string?> ReadAsync(HttpClient admin) => await Races.GetAsync(admin, Path) is { } found ? (string?)found["levels"]![0] : null;
}

/// <summary>A budget, changed under a key that another administrator revokes: what comes after the end of the key is refused, however early its head came.</summary>
internal sealed class RacedCaller(string name) : IRacedResource
{
    private string _id = "";
    private string _key = "";

    public async Task<string?> PrepareAsync(HttpClient admin, Random random)
    {
        (await admin.PutAsync($"/v1/budgets/{name}", Races.Json("""{"daily":1}"""))).EnsureSuccessStatusCode();
        using var made = await admin.PostAsync("/v1/keys", Races.Json($$"""{"name":"{{name}}","scopes":["admin"]}"""));
        var key = JsonNode.Parse(await made.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!;
        (_id, _key) = ((string)key["id"]!, (string)key["key"]!);
        return "1;alive";
    }

    public RaceStep Next(Random random)
    {
        var daily = random.Next(10, 99);
        return random.Next(3) == 0
            ? new RaceStep(HttpMethod.Delete, $"/v1/keys/{_id}", null, s => ($"{s!.Split(';')[0]};revoked", 204))
            : new RaceStep(HttpMethod.Put, $"/v1/budgets/{name}", $$"""{"daily":{{daily}}}""", s => s!.EndsWith(";revoked", StringComparison.Ordinal) ? (s, 401) : ($"{daily};alive", 200), _key);
    }

    public async Task<string?> ReadAsync(HttpClient admin)
    {
        using var own = new HttpRequestMessage(HttpMethod.Get, "/v1/keys/self") { Headers = { { Races.KeyHeader, _key } } };
        using var answer = await admin.SendAsync(own);
        return $"{(await Races.GetAsync(admin, $"/v1/budgets/{name}"))!["budget"]!["daily"]};{(answer.StatusCode == HttpStatusCode.Unauthorized ? "revoked" : "alive")}";
    }
}

/// <summary>What the resources share.</summary>
internal static class Races
{
    public const string KeyHeader = "X-Budget-Key";

    public static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    /// <summary>Null: there is none.</summary>
    public static async Task<JsonNode?> GetAsync(HttpClient admin, string path)
    {
        using var answer = await admin.GetAsync(path);
        return answer.StatusCode == HttpStatusCode.NotFound ? null : JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
    }
}
