using System.Globalization;
using System.Runtime.InteropServices;

namespace BudgetEngine.Load.Report;

/// <summary>Where and on what a run was made.</summary>
internal sealed record Machine(string Processor, int Cores, string System, string Dotnet, string Date, string Commit)
{
    public static Machine Of(LoadOptions options) => new(
        ProcessorName(), Environment.ProcessorCount, RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription,
        TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture), options.Commit);

    private static string ProcessorName()
    {
        const string file = "/proc/cpuinfo";
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':') + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
