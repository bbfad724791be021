using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;

namespace BudgetEngine.Torture;

/// <summary>Signals to processes that this program has started, by their id.</summary>
internal static class Signals
{
    private const int SigKill = 9;
    private const int SigContinue = 18;
    private const int SigStop = 19;

    public static void Kill(int process) => Send(process, SigKill);

    public static void Stop(int process) => Send(process, SigStop);

    public static void Continue(int process) => Send(process, SigContinue);

    public static IReadOnlyList<int> ChildrenOf(int process)
    {
        var children = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var child) && ParentOf(folder) == process) children.Add(child);
        }

        return children;
    }

    private static int ParentOf(string folder)
    {
        try
        {
            // "pid (name) state parent ...", and the name may hold anything.
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            var rest = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return int.Parse(rest[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return 0;
        }
    }

    private static void Send(int process, int signal)
    {
        const int noSuchProcess = 3;
        if (kill(process, signal) != 0 && Marshal.GetLastPInvokeError() is var error and not noSuchProcess) throw new Win32Exception(error);
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int pid, int signal);
}
