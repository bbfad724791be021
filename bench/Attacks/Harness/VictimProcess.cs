using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace BudgetEngine.Attacks.Harness;

/// <summary>
/// The other tenant is a process of its own: in the attacker's, collections of what the attacker makes would stop its clock, and count as the engine's.
/// It is told on standard input where the engine is, its key, and then how long to measure, as often as wanted; each time it answers with a line of JSON.
/// </summary>
internal sealed class VictimProcess : IAsyncDisposable
{
    /// <summary>The argument with which this program is that process.</summary>
    public const string Argument = "victim";

    private readonly Process _process;

    private VictimProcess(Process process) => _process = process;

    public static VictimProcess Start(Uri address, string key)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])[typeof(VictimProcess).Assembly.Location, Argument]) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.StandardInput.WriteLine(address);
        process.StandardInput.WriteLine(key);
        return new VictimProcess(process);
    }

    public async Task<VictimFigures> MeasureAsync(TimeSpan time)
    {
        await _process.StandardInput.WriteLineAsync(time.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
        await _process.StandardInput.FlushAsync();
        var line = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The victim's process has ended.");
        return JsonSerializer.Deserialize<VictimFigures>(line)!;
    }

    /// <summary>What that process does, until its input ends.</summary>
    public static async Task<int> RunAsync()
    {
        var victim = new Victim(new Uri(Console.ReadLine()!), Console.ReadLine()!);
        while (Console.ReadLine() is { } time)
        {
            using var end = new CancellationTokenSource(TimeSpan.FromMilliseconds(double.Parse(time, CultureInfo.InvariantCulture)));
            Console.WriteLine(JsonSerializer.Serialize(await victim.MeasureAsync(end.Token)));
        }

        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
