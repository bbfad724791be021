using System.Diagnostics;
using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.GatewayLoad;

/// <summary>This program once more, with a verb, as a server of its own.</summary>
internal sealed class OwnProcess : IDisposable
{
    private readonly Process _process;

    private OwnProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public int Id => _process.Id;

    public static async Task<OwnProcess> StartAsync(string verb, params string[] more)
    {
        var port = FreePort.Next();
        string[] arguments = [System.Reflection.Assembly.GetExecutingAssembly().Location, verb, $"{port}", .. more];
        var server = new OwnProcess(Process.Start(new ProcessStartInfo("dotnet", arguments))!, new Uri($"http://127.0.0.1:{port}"));
        using var http = new HttpClient();
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var answer = await http.PostAsync(server.Address, new StringContent("{}"));
                return server;
            }
            catch (HttpRequestException) when (tries < 200)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
