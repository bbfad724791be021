using System.Globalization;
using System.Runtime.InteropServices;

namespace BudgetEngine.Attacks.Harness;

/// <summary>An attacker has a machine of its own. Here it has what the engine, the store and the victim leave of this one.</summary>
internal static class Elsewhere
{
    private const int ProcessPriority = 0;
    private const int Lowest = 19;

    /// <summary>Gives this program's threads, and those that they begin, the lowest priority. Processes that run already, and those of theirs, keep their own.</summary>
    public static void Yield()
    {
        foreach (var thread in Directory.GetDirectories("/proc/self/task")) setpriority(ProcessPriority, int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture), Lowest);
    }

    [DllImport("libc")]
    private static extern int setpriority(int which, int who, int priority);
}
