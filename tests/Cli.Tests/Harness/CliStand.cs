using BudgetEngine.Cli.Configuration;
using BudgetEngine.TestKit.Providers;

namespace BudgetEngine.Cli.Tests.Harness;

/// <summary>A real engine with keys, and the program before it; tests use tenants of their own.</summary>
public sealed class CliStand : IAsyncLifetime
{
    public const string AdminKey = "cli-tests-admin-key-0123456789-0123456789";

    public PricedEngine Priced { get; } = new();

    public string Folder { get; } = Directory.CreateTempSubdirectory("budget-cli-").FullName;

    public async Task InitializeAsync() => await Priced.StartAsync(AdminKey);

    public async Task DisposeAsync()
    {
        await Priced.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Runs the program as a shell would, with the admin's key in the environment.</summary>
    public Task<CliRun> RunAsync(params string[] args) =>
        RunAsync(new Dictionary<string, string> { [Connected.Address] = Priced.Engine.Address.ToString(), [Connected.Key] = AdminKey }, args);

    /// <param name="variables">All that there are.</param>
    public static async Task<CliRun> RunAsync(Dictionary<string, string> variables, params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var surroundings = new Surroundings(variables.GetValueOrDefault, TextReader.Null, output, errors, IsTerminal: false, TimeProvider.System);
        return new CliRun(await new CommandLine(surroundings).RunAsync(args), output.ToString(), errors.ToString());
    }

    /// <summary>The variables by which people connect.</summary>
    public static class Connected
    {
        public const string Address = "BUDGET_URL";
        public const string Key = "BUDGET_KEY";
        public const string Config = "BUDGET_CONFIG";
    }
}

[CollectionDefinition(nameof(CliStand))]
public sealed class CliStandCollection : ICollectionFixture<CliStand>;
