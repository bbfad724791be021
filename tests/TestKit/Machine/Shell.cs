namespace BudgetEngine.TestKit.Machine;

public static class Shell
{
    /// <summary>In PATH, or where servers are, which not every user's PATH has.</summary>
    public static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin").Any(d => File.Exists(Path.Combine(d, program)));
}
