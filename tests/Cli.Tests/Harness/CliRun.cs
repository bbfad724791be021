using System.Text.Json;

namespace BudgetEngine.Cli.Tests.Harness;

/// <summary>What a run of the program left behind.</summary>
public sealed record CliRun(int Status, string Output, string Errors)
{
    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Output);
            return document.RootElement.Clone();
        }
    }

    /// <summary>Fails with all that was said unless it ended so.</summary>
    public CliRun Ended(int status)
    {
        Assert.True(Status == status, $"ended with {Status}\n{Output}\n{Errors}");
        return this;
    }
}
