using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.TestKit.Providers;

/// <summary>A real engine that knows the fake provider's prices, shared by the tests of a collection; each takes cost centers of its own.</summary>
public sealed class PricedEngine : IAsyncDisposable
{
    public const string Model = "test-model";

    private readonly Store _store = Store.NewSqlite();
    private EngineProcess? _engine;
    private int _tenants;

    public EngineProcess Engine => _engine!;

    /// <summary>With all rights.</summary>
    public Caller Caller { get; private set; } = default!;

    /// <param name="adminKey">Null: open mode.</param>
    public async Task StartAsync(string? adminKey, params string[] options)
    {
        if (adminKey is not null) options = [.. options, $"--BUDGET_ADMIN_KEY={adminKey}", "--AutoCreateTenants=true"];
        // The tests' machines are busy: a check that takes long is no subject of theirs.
        _engine = await EngineProcess.StartAsync(_store, ["--Check:ApiDeadline=00:00:10", "--Check:Deadline=00:00:10", .. options]);
        Caller = new Caller(_engine.Address, adminKey);
        var price = await Caller.PutAsync($"/v1/prices/{Model}", new { input = Bill.InputPrice, output = Bill.OutputPrice, cache_write_1h = Bill.HourPrice, max_output_tokens = 100 });
        Assert.True(price.Status is 200 or 201, price.Text);
    }

    /// <summary>A cost center of its own, under a tenant of its own with a limit.</summary>
    public async Task<string> NewCostCenterAsync(decimal daily = 1_000)
    {
        var tenant = $"t{Interlocked.Increment(ref _tenants)}";
        await Caller.SetBudgetAsync(tenant, new { daily });
        return $"{tenant}/team";
    }

    public async Task<WindowFacts> LimitOfAsync(string costCenter) => await Caller.LimitAsync(costCenter[..costCenter.IndexOf('/')]);

    public async ValueTask DisposeAsync()
    {
        Caller?.Dispose();
        if (_engine is not null) await _engine.DisposeAsync();
        _store.Dispose();
    }
}
