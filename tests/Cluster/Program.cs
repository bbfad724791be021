using System.Runtime.InteropServices;
using BudgetEngine.Cluster;
using BudgetEngine.Cluster.Survival;
using BudgetEngine.TestKit.Machine;

if (ClusterOptions.Parse(args) is not { } options) return 2;
if (PostgresServer.WhyNot() is { } reason)
{
    Console.WriteLine($"Skipped: {reason}");
    return 0;
}

using var stopping = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var violations = 0;
if (options.Rounds > 0)
{
    IReadOnlyList<ClusterNemesis> wanted = options.Nemeses.Count == 0 ? AllClusterNemeses.List : [.. options.Nemeses.Select(AllClusterNemeses.Named)];
    var possible = wanted.Where(n => !n.Network || LocalNetwork.WhyNot() is null).ToList();
    if (possible.Count < wanted.Count) Console.WriteLine($"Skipped: {string.Join(", ", wanted.Except(possible).Select(n => n.Name))}: {LocalNetwork.WhyNot()}");
    if (possible.Count == 0) return 0;
    var nemeses = options.Nemeses.Count == 0 ? ClusterRun.Draw(possible, options.Rounds, options.Seed) : Enumerable.Range(0, options.Rounds).Select(i => possible[i % possible.Count]);
    Console.WriteLine($"== storms on three silos, seed {options.Seed}");
    var report = await ClusterRun.RunAsync([.. nemeses], options.Seed, Console.WriteLine, stopping.Token);
    Console.WriteLine(report.Summary());
    violations = report.Violations.Count;
}

if (options.Throughput && !stopping.IsCancellationRequested) await Throughput.RunAsync(Console.WriteLine, stopping.Token);
return violations == 0 ? 0 : 1;

// Silos and PostgreSQL are not left behind: the round on its way is ended first. A second signal ends at once.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stopping.IsCancellationRequested;
    stopping.Cancel();
    Console.WriteLine("Stops after this round.");
}
