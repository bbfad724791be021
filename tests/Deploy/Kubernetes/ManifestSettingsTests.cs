using BudgetEngine.Deploy.Harness;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Deploy.Kubernetes;

/// <summary>The verbs and settings of the manifests, run: the migrate job, a silo and an API process on one PostgreSQL.</summary>
public sealed class ManifestSettingsTests
{
    [PostgresFact]
    public async Task Programs_WithTheSettingsOfTheManifests_WorkTogether()
    {
        using var server = PostgresServer.Start(fsync: false);
        using var store = Store.OnServer(server);
        var objects = Overlays.Build("prod");

        var early = await EngineProcess.RunAsync([.. SettingsOf(objects, store), "--urls=http://127.0.0.1:0"], Stand.AdminKey);
        Assert.Equal(1, early.ExitCode);
        Assert.Contains("migrate", early.Errors, StringComparison.OrdinalIgnoreCase);

        var job = Command(objects, "Job", "budget-engine-migrate");
        var migrated = await EngineProcess.RunAsync([.. job, .. SettingsOf(objects, store)], Stand.AdminKey);
        Assert.True(migrated.ExitCode == 0, migrated.Errors);

        var silo = Command(objects, "Deployment", "budget-engine-silo");
        await using var engine = await EngineProcess.StartAsync([.. silo, .. SettingsOf(objects, store)]);
        var api = Command(objects, "Deployment", "budget-engine-api");
        await using var edge = await EngineProcess.StartAsync([.. api, .. SettingsOf(objects, store)]);
        using var atSilo = new Caller(engine.Address, Stand.AdminKey);
        using var atEdge = new Caller(edge.Address, Stand.AdminKey);

        await atEdge.SetBudgetAsync("acme", new { daily = 1 });
        await Eventually.HoldsAsync("the API process grants", async () => (await atEdge.CheckAsync("acme/a", 0.6m)).Allowed);
        // A tenant that was just made is known to the other processes within a second.
        var denied = await Eventually.GetAsync("the silo knows the tenant", async () => await atSilo.CheckAsync("acme/a", 0.6m) is { Reason: not "unknown_cost_center" } known ? known : null);
        Assert.Equal("budget_exceeded", denied.Reason);
        var metrics = await atSilo.GetAsync(Api.Operations.OperatorPaths.Metrics);
        Assert.Contains("budget_limit_usd{cost_center=\"acme\",period=\"daily\"} 1\n", metrics.Text, StringComparison.Ordinal);
        Assert.Contains("# TYPE orleans_", metrics.Text, StringComparison.Ordinal);
        Assert.Contains("decision=\"allow\"", (await atEdge.GetAsync(Api.Operations.OperatorPaths.Metrics)).Text, StringComparison.Ordinal);
        Assert.Equal(401, (await edge.Caller.GetAsync(Api.Operations.OperatorPaths.Metrics)).Status);
    }

    /// <summary>As <c>envFrom</c> and <c>env</c> give them, but for what only a cluster knows: addresses and free ports.</summary>
    private static string[] SettingsOf(List<System.Text.Json.Nodes.JsonObject> objects, Store store)
    {
        var settings = Manifest.Labels(Manifest.Find(objects, "ConfigMap", "budget-engine")["data"]).Where(s => s.Key != "ASPNETCORE_URLS").ToDictionary();
        foreach (var port in new[] { "Cluster__SiloPort", "Cluster__GatewayPort" }) settings[port] = $"{FreePort.Next()}";
        settings["POD_NAME"] = "silo-0";
        settings["POD_IP"] = "127.0.0.1";
        settings["ORLEANS_SERVICE_ID"] = settings["ORLEANS_CLUSTER_ID"] = "budget-engine";
        settings["Ledger__Postgres"] = store.Postgres!;
        settings["BUDGET_ADMIN_KEY"] = Stand.AdminKey;
        return [.. settings.Select(s => $"--{s.Key.Replace("__", ":", StringComparison.Ordinal)}={s.Value}")];
    }

    /// <summary>The arguments of the program.</summary>
    private static string[] Command(List<System.Text.Json.Nodes.JsonObject> objects, string kind, string name)
    {
        var command = Manifest.ContainersOf(Manifest.Find(objects, kind, name)).Single()["command"]!.AsArray().Select(c => (string)c!).ToList();
        Assert.Equal(["dotnet", $"/app/{Path.GetFileName(EngineProcess.Program)}"], command[..2]);
        return [.. command.Skip(2)];
    }
}
