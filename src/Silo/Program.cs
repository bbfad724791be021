using BudgetEngine.Silo;

return await BudgetHost.RunAsync(args);
