using BudgetEngine.Deploy.Harness;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Deploy.Gateway;

/// <summary>A gateway before a real engine and an upstream that answers what it was sent. Without the programs nothing is started, and the tests are skipped.</summary>
public abstract class GatewayTest(params string[] programs) : IAsyncLifetime
{
    private readonly HttpClient _http = new();

    protected Stand Stand { get; } = new();

    protected DirectoryInfo Folder { get; } = Files.NewFolder();

    /// <summary>Where the gateway listens.</summary>
    protected int Port { get; } = FreePort.Next();

    private protected EchoUpstream Upstream { get; private set; } = default!;

    public async Task InitializeAsync()
    {
        if (!programs.Any(Shell.Has)) return;
        await Stand.InitializeAsync();
        Upstream = await EchoUpstream.StartAsync();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await Stand.DisposeAsync();
        if (Upstream is not null) await Upstream.DisposeAsync();
        Folder.Delete(recursive: true);
    }

    protected static Task AssertSettledAsync(Caller engine, decimal spent) => Eventually.HoldsAsync(
        $"{spent} is spent and nothing held",
        async () => await engine.LimitAsync("acme/engineering") is var limit && limit.Held == 0 && limit.Spent == Nano.Of(spent));

    /// <summary>Where the gateway logs for the shipper.</summary>
    private protected string AccessLog => Path.Combine(Folder.FullName, "budget.log");

    /// <summary>Calls through a gateway that logs, and a shipper that settles them: a success with its cost, a failure with nothing, a denial not at all.</summary>
    private protected async Task AssertShippedAsync()
    {
        await using var shipper = new RunningProgram(
            "env", Folder.FullName, $"Ship__Key={Stand.AdminKey}", "dotnet", EngineProcess.Program, "ship", $"--Ship:File={AccessLog}", $"--Ship:Engine={Stand.Address}", "--Ship:PollInterval=00:00:00.050");
        using var engine = Stand.Caller();
        await CallAsync("Bearer demo-search", ("X-Answer-Cost", "0.0025"));
        await AssertSettledAsync(engine, 0.0025m);
        await CallAsync("Bearer demo-search", ("X-Answer-Status", "503"), ("X-Budget-Reservation", "forged"));
        await CallAsync("Bearer nobody");
        await AssertSettledAsync(engine, 0.0025m);
        var rows = await engine.ExportAsync("acme/engineering");
        Assert.Equal([0, Nano.Of(0.0025m)], rows.Select(r => r.Cost).Order());
        Assert.All(rows, r => Assert.Equal("search-service", r.User));
    }

    private protected Task ListensAsync(RunningProgram gateway, string name) => Eventually.HoldsAsync($"{name} listens", async () =>
    {
        Assert.False(gateway.HasExited, gateway.Output);
        try
        {
            await CallAsync("");
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    });

    protected Task<HttpResponseMessage> CallAsync(string authorization, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{Port}/v1/chat/completions") { Content = new StringContent("{}") };
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return _http.SendAsync(request);
    }
}
