using System.Globalization;

namespace BudgetEngine.Load.Memory;

/// <summary>What a server's process tells of itself.</summary>
/// <param name="AllocatedBytes">Since its start.</param>
/// <param name="LiveBytes">Of its managed heap; only right after a collection is all of it alive.</param>
/// <param name="Paused">How long the collector has stopped it since its start.</param>
/// <param name="LongestPause">The longest stop since it was last asked to begin anew.</param>
/// <param name="Collections">Since its start, of all generations.</param>
/// <param name="Messages">Sent to other processes since its start, Orleans' own ones included.</param>
internal sealed record ProcessCounters(long AllocatedBytes, long LiveBytes, TimeSpan Paused, TimeSpan LongestPause, long Collections, long Messages)
{
    public string ToText() =>
        string.Create(CultureInfo.InvariantCulture, $"{AllocatedBytes} {LiveBytes} {Paused.Ticks} {LongestPause.Ticks} {Collections} {Messages}");

    public static ProcessCounters Parse(string text)
    {
        long[] values = [.. text.Split(' ').Select(v => long.Parse(v, CultureInfo.InvariantCulture))];
        return new ProcessCounters(values[0], values[1], new TimeSpan(values[2]), new TimeSpan(values[3]), values[4], values[5]);
    }
}
