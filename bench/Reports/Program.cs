using BudgetEngine.Reports;

return await ReportsOptions.RunAsync(args);
