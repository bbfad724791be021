using System.Collections.Concurrent;

namespace BudgetEngine.SimulatedSilo.Tests.Semantics;

/// <summary>What happened in one grain, over all its activations; a test awaits facts here instead of sleeping.</summary>
public sealed class Journal
{
    private static readonly ConcurrentDictionary<string, Journal> s_all = new();
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly List<string> _entries = [];
    private readonly List<(Func<IReadOnlyList<string>, bool> Condition, TaskCompletionSource Source)> _waiting = [];

    public static Journal Of(string key) => s_all.GetOrAdd(key, static _ => new());

    public void Write(string entry)
    {
        lock (_entries)
        {
            _entries.Add(entry);
            foreach (var (condition, source) in _waiting)
            {
                if (condition(_entries)) source.TrySetResult();
            }
        }
    }

    public IReadOnlyList<string> Entries
    {
        get
        {
            lock (_entries)
            {
                return [.. _entries];
            }
        }
    }

    public Task Has(string entry) => Until(entries => entries.Contains(entry), $"'{entry}'");

    public Task Has(string entry, int times) => Until(entries => entries.Count(e => e == entry) >= times, $"'{entry}' {times} times");

    /// <summary>An entry somewhere behind another.</summary>
    public Task Has(string entry, string after) => Until(entries => entries.SkipWhile(e => e != after).Contains(entry), $"'{entry}' after '{after}'");

    private async Task Until(Func<IReadOnlyList<string>, bool> condition, string what)
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_entries)
        {
            if (condition(_entries)) return;
            _waiting.Add((condition, source));
        }

        try
        {
            await source.Task.WaitAsync(s_patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The journal never had {what}; it has: {string.Join(", ", Entries)}.");
        }
    }
}
