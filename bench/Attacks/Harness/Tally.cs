using System.Collections.Concurrent;
using System.Globalization;

namespace BudgetEngine.Attacks.Harness;

/// <summary>How an attacker's requests were answered.</summary>
internal sealed class Tally
{
    private readonly ConcurrentDictionary<string, int> _counts = new();

    public void Add(string answer) => _counts.AddOrUpdate(answer, 1, static (_, n) => n + 1);

    public void Add(int status) => Add(status.ToString(CultureInfo.InvariantCulture));

    /// <summary>Runs one request; one that breaks off is counted under the kind of its fault.</summary>
    public async Task CountAsync(Func<Task<int>> request, CancellationToken end)
    {
        try
        {
            Add(await request());
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException)
        {
            // Once the end is told, it is the attack that gives up.
            if (!end.IsCancellationRequested) Add(broken.GetType().Name);
        }
    }

    public override string ToString() => string.Join(", ", _counts.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Value} x {c.Key}"));
}
