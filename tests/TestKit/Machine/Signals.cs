using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.TestKit.Machine;

/// <summary>Signals to processes that this program has started, by their id.</summary>
public static class Signals
{
    private const int SigKill = 9;
    private const int SigContinue = 18;
    private const int SigStop = 19;

    public static void Kill(int process) => Send(process, SigKill);

    /// <summary>Returns when every thread stands still: until the first of them has been given the processor to take the signal, the others go on.</summary>
    public static Task StopAsync(int process)
    {
        Send(process, SigStop);
        return Eventually.HoldsAsync($"the process {process} stands still after SIGSTOP", () => StandsStill(process), 10);
    }

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

    private static bool StandsStill(int process)
    {
        try
        {
            return Directory.EnumerateDirectories($"/proc/{process}/task").All(thread => StatusOf(thread) is [] or ["T" or "Z", ..]);
        }
        catch (DirectoryNotFoundException)
        {
            // It has ended.
            return true;
        }
    }

    private static int ParentOf(string folder) => StatusOf(folder) is [_, var parent, ..] ? int.Parse(parent, CultureInfo.InvariantCulture) : 0;

    /// <summary>State, parent and so on; nothing of what has ended.</summary>
    private static string[] StatusOf(string folder)
    {
        try
        {
            // "pid (name) state parent ...", and the name may hold anything.
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return [];
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
