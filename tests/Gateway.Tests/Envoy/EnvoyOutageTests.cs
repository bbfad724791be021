using System.Reflection;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Http;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Writer;
using BudgetEngine.Silo.Hosting;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Waiting;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using AuthorizationClient = BudgetEngine.Envoy.Protocol.Authorization.AuthorizationClient;

namespace BudgetEngine.Gateway.Tests.Envoy;

/// <summary>A cost center that does not answer: the rule for outages is the same as over HTTP, within the engine's own deadline, and no error.</summary>
public sealed class EnvoyOutageTests : IAsyncLifetime
{
    private readonly Store _store = Store.NewSqlite();
    private WebApplication _app = default!;
    private GrpcChannel _channel = default!;
    private Caller _caller = default!;

    public async Task InitializeAsync()
    {
        var port = FreePort.Next();
        _app = BudgetHost.Build(
            ["--urls=http://127.0.0.1:0", $"--Envoy:Url=http://127.0.0.1:{port}", $"--Ledger:DataDirectory={_store.Directory}", "--Keys:Open=true", "--Logging:LogLevel:Default=Error"],
            services => services.AddSingleton(NewChecks));
        await _app.StartAsync();
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        _caller = new Caller(new Uri(_app.Urls.First(u => !u.EndsWith($":{port}", StringComparison.Ordinal))));
        await Eventually.HoldsAsync("the host is ready", async () => (await _caller.GetAsync("/health/ready")).Status == 200, 60);
    }

    public async Task DisposeAsync()
    {
        _caller.Dispose();
        _channel.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _store.Dispose();
    }

    [Fact]
    public async Task Check_WithoutAnAnswer_IsAnsweredByTheCostCentersOwnRule()
    {
        await _caller.SetBudgetAsync("mute-open", new { daily = 100, on_outage = "allow", on_outage_limit = 5 });
        await _caller.SetBudgetAsync("mute-closed", new { daily = 100 });
        var client = new AuthorizationClient(_channel);

        // Up to its limit, and without a reservation.
        var passed = await client.CheckAsync(AuthorizationTests.Ask(("x-cost-center", "mute-open"), ("x-budget-amount", "3"), ("x-budget-reservation", "forged")));
        Assert.Equal(0, passed.Status.Code);
        Assert.Contains("x-budget-reservation", passed.OkResponse.HeadersToRemove);
        Assert.False(passed.DynamicMetadata.Fields.ContainsKey("reservation_id"));
        AssertUnavailable(await client.CheckAsync(AuthorizationTests.Ask(("x-cost-center", "mute-open"), ("x-budget-amount", "3"))));
        AssertUnavailable(await client.CheckAsync(AuthorizationTests.Ask(("x-cost-center", "mute-closed"), ("x-budget-amount", "3"))));
    }

    private static void AssertUnavailable(BudgetEngine.Envoy.Protocol.CheckResponse answer) =>
        Assert.Equal((403, "ledger_unavailable"), (answer.DeniedResponse.Status.Code, AuthorizationTests.Headers(answer.DeniedResponse.Headers)["x-budget-code"]));

    private static CheckService NewChecks(IServiceProvider services)
    {
        var factory = DispatchProxy.Create<IGrainFactory, Muting>();
        ((Muting)(object)factory).Factory = services.GetRequiredService<IGrainFactory>();
        return new CheckService(
            new CostCenterCalls(factory, TimeProvider.System), services.GetRequiredService<Catalog>(), services.GetRequiredService<Tenants>(), new DegradedAllowances(), Resolution.Nano,
            TimeProvider.System, new IdSource(),
            services.GetRequiredService<IOptions<CheckOptions>>());
    }

    /// <summary>Grains whose names begin with mute never answer.</summary>
    public class Muting : DispatchProxy
    {
        public IGrainFactory Factory { get; set; } = default!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            args is [string name, ..] && name.StartsWith("mute", StringComparison.Ordinal) ? Create<ICostCenterGrain, Mute>() : targetMethod!.Invoke(Factory, args);
    }

    public class Mute : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => new TaskCompletionSource<ReserveReply>().Task;
    }
}
