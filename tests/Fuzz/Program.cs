using BudgetEngine.Fuzz.Running;
using BudgetEngine.TestKit.Machine;

if (FuzzOptions.Parse(args) is not { } options) return 2;
if (options.Replay is { } file) return await Replay.RunAsync(file, Console.WriteLine);
var report = await FuzzRun.RunAsync(options, Repository.Root, Console.WriteLine);
Console.WriteLine(report.Text());
return report.Findings.IsEmpty ? 0 : 1;
