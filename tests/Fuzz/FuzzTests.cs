using System.Globalization;
using BudgetEngine.Fuzz.Running;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Traffic;
using Xunit.Abstractions;

namespace BudgetEngine.Fuzz;

/// <summary>The short form. BUDGET_SEED repeats the draw, BUDGET_FUZZ_INPUTS changes how many; the long form is ./fuzz.sh.</summary>
[Collection(OneHost)]
public sealed class FuzzTests(ITestOutputHelper output)
{
    /// <summary>Live memory is measured: no other host beside it.</summary>
    public const string OneHost = "one host";

    private const int Inputs = 8_000;

    [Fact]
    public async Task EveryEndpoint_OfManyInputs_HasNoFault()
    {
        var seed = Seed.Next();
        var inputs = Number("BUDGET_FUZZ_INPUTS", Inputs);
        output.WriteLine($"{inputs} inputs, seed {seed} (repeat with BUDGET_SEED={seed}, or ./fuzz.sh --inputs {inputs} --seed {seed})");
        var report = await FuzzRun.RunAsync(new FuzzOptions(inputs, seed, null, null), Repository.Root, output.WriteLine);
        output.WriteLine(report.Summary());
        Assert.True(report.Findings.IsEmpty, report.Text());
        Assert.Equal(inputs, report.Inputs);
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
