using BudgetEngine.Micro;

return MicroRun.Run(args);
