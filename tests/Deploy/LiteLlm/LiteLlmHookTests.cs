using BudgetEngine.Deploy.Harness;
using BudgetEngine.Deploy.Yaml;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Providers;

namespace BudgetEngine.Deploy.LiteLlm;

/// <summary>The hook for LiteLLM in Debian's Python, before a real engine. What it does is in the tests that are written in Python.</summary>
public sealed class LiteLlmHookTests
{
    private const int Tests = 16;

    [ToolFact("python3")]
    public async Task Hook_BeforeARealEngine_PassesItsOwnTests()
    {
        await using var priced = new PricedEngine();
        await priced.StartAsync(adminKey: null);
        var run = await Tool.RunAsync(
            "env", $"BUDGET_TEST_ENGINE={priced.Engine.Address.ToString().TrimEnd('/')}", $"BUDGET_HOOK_FOLDER={Files.Deploy("gateways", "litellm")}", "PYTHONDONTWRITEBYTECODE=1",
            "/usr/bin/python3", "-W", "error", Path.Combine(Files.Root, "tests", "Deploy", "LiteLlm", "test_budget_engine_litellm.py"));
        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.Contains($"Ran {Tests} tests", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Configuration_NamesTheModuleAndItsCallback()
    {
        var callback = (string)YamlText.ReadFile(Files.Deploy("gateways", "litellm", "config.yaml"))["litellm_settings"]!["callbacks"]!;
        var (module, member) = (callback.Split('.')[0], callback.Split('.')[1]);
        Assert.Contains($"\n{member} = BudgetEngine()", File.ReadAllText(Files.Deploy("gateways", "litellm", $"{module}.py")), StringComparison.Ordinal);
    }
}
