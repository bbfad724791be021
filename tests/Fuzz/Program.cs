using BudgetEngine.Fuzz.Races;
using BudgetEngine.Fuzz.Running;
using BudgetEngine.TestKit.Machine;

if (FuzzOptions.Parse(args) is not { } options) return 2;
if (options.Replay is { } file) return await Replay.RunAsync(file, Console.WriteLine);
if (options.Races is { } races)
{
    var faults = await RaceRun.RunAsync(races, options.Seed);
    Console.WriteLine($"{races} races, seed {options.Seed}: {faults.Count} that no order explains");
    foreach (var fault in faults) Console.WriteLine(fault);
    return faults.Count == 0 ? 0 : 1;
}

var report = await FuzzRun.RunAsync(options, Repository.Root, Console.WriteLine);
Console.WriteLine(report.Text());
return report.Findings.IsEmpty ? 0 : 1;
