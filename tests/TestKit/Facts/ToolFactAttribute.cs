using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.TestKit.Facts;

/// <summary>A test that needs programs; skipped, naming the package, where one is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolFactAttribute : LongFormFactAttribute
{
    private static readonly Dictionary<string, string> _packages = new()
    {
        ["bash"] = "Debian's package bash",
        ["caddy"] = "Debian's package caddy",
        ["chromium"] = "Debian's package chromium",
        ["curl"] = "Debian's package curl",
        ["haproxy"] = "Debian's package haproxy",
        ["nginx"] = "Debian's package nginx-light",
        ["node"] = "Debian's packages nodejs and npm",
        ["pg_dump"] = "Debian's package postgresql",
        ["python3"] = "Debian's package python3",
        ["prlimit"] = "Debian's package util-linux",
        ["prometheus"] = "Debian's package prometheus",
        ["promtool"] = "Debian's package prometheus",
    };

    public ToolFactAttribute(params string[] programs)
    {
        var absent = programs.FirstOrDefault(p => !Shell.Has(p));
        if (absent is not null) Skip = $"There is no {absent} here: {_packages[absent]}.";
        else if (programs.Contains("pg_dump")) Skip = PostgresServer.WhyNot();
    }
}
