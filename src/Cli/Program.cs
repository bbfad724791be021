using BudgetEngine.Cli;
using BudgetEngine.Cli.Configuration;

return await new CommandLine(Surroundings.OfThisProcess).RunAsync(args);
