using BudgetEngine.Ledger.Sql;

namespace BudgetEngine.Silo.Configuration;

/// <summary>Where the ledger is, for verbs that are done without the host.</summary>
internal static class LedgerPlace
{
    /// <param name="arguments">Configuration as command-line pairs, <c>--Section:Key=value</c>.</param>
    public static LedgerOptions Read(string[] arguments)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(arguments).Build();
        Settings.Check(configuration);
        return Read(configuration);
    }

    public static LedgerOptions Read(IConfiguration configuration) => configuration.GetSection(LedgerOptions.Section).Get<LedgerOptions>() ?? new LedgerOptions();
}
