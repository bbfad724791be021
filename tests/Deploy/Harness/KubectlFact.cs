using System.Diagnostics;
using System.Text.RegularExpressions;
using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.Deploy.Harness;

/// <summary>A test that needs a kubectl whose kustomize knows components as we use them (5.0 or later); skipped, saying so, without one.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed partial class KubectlFactAttribute : FactAttribute
{
    private static readonly string? Absent = WhyNot();

    public KubectlFactAttribute() => Skip = Absent;

    private static string? WhyNot()
    {
        if (!Shell.Has("kubectl")) return "There is no kubectl here.";
        using var process = Process.Start(new ProcessStartInfo("kubectl", ["version", "--client"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var version = Version().Match(process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        return version.Success && int.Parse(version.Groups[1].Value) >= 5 ? null : "This kubectl is too old: kubectl 1.27 or later has kustomize 5.";
    }

    [GeneratedRegex(@"Kustomize Version: v(\d+)\.")]
    private static partial Regex Version();
}
