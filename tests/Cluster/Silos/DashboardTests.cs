using System.Net.Http.Headers;
using System.Text;
using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Cluster.Silos;

/// <summary>Orleans' dashboard is behind admin keys of the whole installation.</summary>
public sealed class DashboardTests
{
    [Fact]
    public async Task Dashboard_WithoutAnAdminKeyOfTheWholeInstallation_IsRefused()
    {
        using var store = Store.NewSqlite();
        var created = await EngineProcess.RunAsync(["keys", "create", "--admin", .. store.Arguments]);
        var key = created.Output.Trim();
        await using var engine = await EngineProcess.StartAsync(store, "--Cluster:Dashboard=true");
        using var admin = new Caller(engine.Address, key);
        await admin.SetBudgetAsync("acme", new { daily = 5 });
        using var partial = new Caller(engine.Address, await NewKeyAsync(admin, new { name = "part", scopes = new[] { "admin" }, cost_center = "acme" }));
        using var reader = new Caller(engine.Address, await NewKeyAsync(admin, new { name = "reader", scopes = new[] { "read" } }));

        foreach (var path in (string[])["/orleans/", "/orleans/index.min.js", "/orleans/ClusterStats"])
        {
            var unknown = await engine.Caller.GetAsync(path);
            Assert.Equal(401, unknown.Status);
            Assert.Contains(unknown.Headers.WwwAuthenticate, h => h.Scheme == "Basic");
            Assert.Equal(403, (await reader.GetAsync(path)).Status);
            Assert.Equal(403, (await partial.GetAsync(path)).Status);
            Assert.Equal(200, (await admin.GetAsync(path)).Status);
        }

        using var browser = new HttpClient { DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"me:{key}"))) } };
        Assert.True((await browser.GetAsync(new Uri(engine.Address, "/orleans/"))).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Dashboard_ThatWasNotAskedFor_IsNotThere()
    {
        using var store = Store.NewSqlite();
        await using var engine = await EngineProcess.StartAsync(store);

        Assert.Equal(404, (await engine.Caller.GetAsync("/orleans/")).Status);
    }

    private static async Task<string> NewKeyAsync(Caller admin, object key) => (await admin.PostAsync("/v1/keys", key)).Is(201).GetProperty("key").GetString()!;
}
