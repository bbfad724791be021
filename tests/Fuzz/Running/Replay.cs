using System.Text;
using BudgetEngine.Fuzz.Grammar;
using BudgetEngine.Fuzz.Host;
using BudgetEngine.Fuzz.Oracles;

namespace BudgetEngine.Fuzz.Running;

/// <summary>Sends one saved request to a new host and shows what comes back.</summary>
internal static class Replay
{
    public static async Task<int> RunAsync(string file, Action<string> tell)
    {
        await using var host = await FuzzHost.StartAsync();
        var bytes = await File.ReadAllBytesAsync(file);
        var line = Encoding.Latin1.GetString(bytes, 0, Math.Max(0, Array.IndexOf(bytes, (byte)'\r'))).Split(' ');
        var input = new FuzzInput { Number = 0, Operation = "replay", Method = line[0], Target = line.ElementAtOrDefault(1) ?? "/", MayBreakHttp = true };
        using var wire = new Wire(host.Address);
        var answer = await wire.SendAsync(bytes, input);
        tell(answer is null ? "closed without an answer" : $"{answer.Status} {answer.ContentType}\n{answer.Text}");
        var fault = new AnswerOracle(host.Directory).Fault(input, answer) ?? host.Log.Errors.FirstOrDefault();
        tell(fault is null ? "no fault" : $"FAULT {fault}");
        return fault is null ? 0 : 1;
    }
}
