using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Attacks.Harness;

/// <summary>An engine of its own process with two tenants, which know nothing of each other.</summary>
internal sealed class Stand : IAsyncDisposable
{
    public const string Attacker = "mallory";
    public const string Victim = "acme";

    private Stand(Store store, EngineProcess engine, string adminKey, int rows)
    {
        (Store, Engine, AdminKey, Rows) = (store, engine, adminKey, rows);
        Admin = new Caller(engine.Address, adminKey);
    }

    public Store Store { get; }

    public EngineProcess Engine { get; }

    public string AdminKey { get; }

    public Caller Admin { get; }

    /// <summary>Rows of usage that the attacker may want to have.</summary>
    public int Rows { get; }

    public static async Task<Stand> StartAsync(bool postgres, int rows)
    {
        var store = Store.New(postgres);
        var engine = await EngineProcess.StartAsync(store);
        // The first key ends open mode.
        var key = (await engine.Caller.PostAsync("/v1/keys", new { name = "root", scopes = new[] { "admin" } })).Is(201).GetProperty("key").GetString()!;
        var stand = new Stand(store, engine, key, rows);
        await stand.Admin.SetBudgetAsync($"{Victim}/search", new { daily = 1_000_000 });
        await stand.Admin.SetBudgetAsync(Attacker, new { daily = 1_000_000 });
        return stand;
    }

    /// <summary>A key of the attacker's tenant, or of what is below it.</summary>
    public Task<string> AttackerKeyAsync(params string[] scopes) => KeyAsync(Attacker, null, scopes);

    public async Task<string> KeyAsync(string costCenter, object? gateway, params string[] scopes)
    {
        var answer = await Admin.PostAsync("/v1/keys", Without.Nulls(new { name = "k", scopes, cost_center = costCenter, gateway }));
        return answer.Is(201).GetProperty("key").GetString()!;
    }

    /// <summary>A client without a limit of time or of connections.</summary>
    public HttpClient ClientOf(string key) => new(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue })
    {
        BaseAddress = Engine.Address,
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
    };

    /// <summary>Rows of the attacker: four leaves, some users, models and tags.</summary>
    public async Task FillAsync(string key, int rows)
    {
        const int chunk = 20_000;
        using var client = ClientOf(key);
        for (var done = 0; done < rows; done += chunk)
        {
            var lines = new StringBuilder();
            for (var i = done; i < Math.Min(rows, done + chunk); i++) lines.Append(Line(i)).Append('\n');
            using var content = new StringContent(lines.ToString(), Encoding.UTF8, "application/x-ndjson");
            using var answer = await client.PostAsync("/v1/usage", content);
            answer.EnsureSuccessStatusCode();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Engine.DisposeAsync();
        Store.Dispose();
    }

    private static string Line(int i) => JsonSerializer.Serialize(new
    {
        request_id = $"fill-{i}",
        cost_center = $"{Attacker}/team-{i % 4}",
        cost = 0.0001m * (i % 100),
        model = $"model-{i % 7}",
        user = $"user-{i % 50}",
        tags = new { feature = $"f{i % 10}" },
    });
}
