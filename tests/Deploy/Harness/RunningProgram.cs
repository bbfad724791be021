using System.Collections.Concurrent;
using System.Diagnostics;
using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.Deploy.Harness;

/// <summary>A server that a test starts, and ends by its own id.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    public RunningProgram(string program, string folder, params string[] arguments)
    {
        _process = Tool.Start(program, folder, arguments);
        _process.OutputDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output => string.Join('\n', _lines);

    public bool HasExited => _process.HasExited;

    /// <summary>It stands still until <see cref="Continue"/>.</summary>
    public Task HaltAsync() => Signals.StopAsync(_process.Id);

    public void Continue() => Signals.Continue(_process.Id);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
