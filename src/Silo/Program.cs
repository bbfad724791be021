using BudgetEngine.Silo.Commands;

return await CommandLine.RunAsync(args);
