using BudgetEngine.Silo;

return await CommandLine.RunAsync(args);
