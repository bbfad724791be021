using System.Globalization;

namespace BudgetEngine.Torture.Nemeses;

/// <summary>The wall clock of the engine's process alone, moved by libfaketime (Debian's package of that name). The monotonic clock stays real. Only a
/// process that was started under it can be moved: in all other rounds the engine runs without.</summary>
internal sealed class FakeClock : IDisposable
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    private readonly string _file = Path.GetTempFileName();

    public FakeClock() => Set(0);

    public static string? WhyNot() => File.Exists(Library) ? null : $"no clock jumps: there is no {Library} (Debian's package libfaketime)";

    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Library,
        ["FAKETIME_TIMESTAMP_FILE"] = _file,
        // In seconds: how old the file may be that a look at the clock goes by.
        ["FAKETIME_CACHE_DURATION"] = "1",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        ["DONT_FAKE_MONOTONIC"] = "1",
        // Once the clock was moved the waits of this thread end at once under the library, and each makes a line: thousands a second.
        ["Logging__LogLevel__Orleans.Runtime.Watchdog"] = "None",
    };

    public void Set(int seconds)
    {
        // Renamed over: the engine reads it at every look at the clock, and must never find it half written.
        var next = _file + ".next";
        File.WriteAllText(next, seconds.ToString("+0;-0;+0", CultureInfo.InvariantCulture) + "\n");
        File.Move(next, _file, overwrite: true);
    }

    public void Dispose() => File.Delete(_file);
}
