using BudgetEngine.Torture;

if (TortureOptions.Parse(args) is not { } options) return 2;
var total = 0;
foreach (var postgres in options.Stores)
{
    var report = await TortureRun.RunAsync(options, postgres, Console.WriteLine);
    Console.WriteLine(report.Summary());
    total += report.Violations.Count;
}

return total == 0 ? 0 : 1;
