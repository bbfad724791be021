using System.Runtime.InteropServices;
using BudgetEngine.Torture.Running;

if (TortureOptions.Parse(args) is not { } options) return 2;
using var stopping = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var total = 0;
foreach (var postgres in options.Stores)
{
    if (stopping.IsCancellationRequested) break;
    var report = await TortureRun.RunAsync(options, postgres, Console.WriteLine, stopping.Token);
    Console.WriteLine(report.Summary());
    total += report.Violations.Count;
}

return total == 0 ? 0 : 1;

// The engine, PostgreSQL and the mounted disk are not left behind: the round on its way is ended first. A second signal ends at once.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stopping.IsCancellationRequested;
    stopping.Cancel();
    Console.WriteLine("Stops after this round.");
}
