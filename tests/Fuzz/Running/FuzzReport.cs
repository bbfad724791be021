using System.Collections.Concurrent;
using System.Globalization;
using BudgetEngine.Fuzz.Grammar;
using BudgetEngine.Fuzz.Host;

namespace BudgetEngine.Fuzz.Running;

/// <summary>A fault, and the request that shows it in a form that can be sent again.</summary>
internal sealed record Finding(string Fault, FuzzInput? Input, string? File);

internal sealed class FuzzReport(int seed)
{
    /// <summary>One bug answers a thousand inputs: of each kind the first few are told.</summary>
    private const int MostOfAKind = 3;

    private readonly ConcurrentDictionary<string, int> _kinds = [];
    private readonly ConcurrentDictionary<int, int> _statuses = [];
    private readonly ConcurrentDictionary<string, int> _operations = [];

    public ConcurrentQueue<Finding> Findings { get; } = [];

    public int Seed => seed;

    public long Inputs { get; set; }

    public TimeSpan Took { get; set; }

    public long LiveBytesAtStart { get; set; }

    public long LiveBytesAtEnd { get; set; }

    public int PurityChecks => _purity;

    private int _purity;

    public void Count(FuzzInput input, WireAnswer? answer)
    {
        _statuses.AddOrUpdate(answer?.Status ?? 0, 1, static (_, n) => n + 1);
        _operations.AddOrUpdate(input.Operation, 1, static (_, n) => n + 1);
    }

    public void CountPurity() => Interlocked.Increment(ref _purity);

    public IReadOnlyCollection<string> Operations => [.. _operations.Keys];

    /// <summary>False: there are enough of this kind.</summary>
    public bool IsShown(string fault) => _kinds.AddOrUpdate(Kind(fault), 1, static (_, n) => n + 1) <= MostOfAKind;

    public string Summary() => string.Create(
        CultureInfo.InvariantCulture,
        $"fuzz: {Inputs:N0} inputs, seed {seed}, {Took.TotalSeconds:F0} s ({Inputs / Math.Max(1, Took.TotalSeconds):F0}/s), {_operations.Count} operations, {_purity:N0} refusals checked in the store, live memory {LiveBytesAtStart >> 20} -> {LiveBytesAtEnd >> 20} MB, {_kinds.Values.Sum()} faults of {_kinds.Count} kinds\n  answers: {string.Join(", ", _statuses.OrderBy(s => s.Key).Select(s => $"{(s.Key == 0 ? "none" : s.Key)} {s.Value:N0}"))}");

    public string Text() => string.Join('\n', Findings.Select(f => $"FAULT {f.Fault}\n  operation {f.Input?.Operation}, input {f.Input?.Number}\n{(f.File is null ? "" : $"  ./fuzz.sh --replay {f.File}\n{Start(f.File)}")}").Prepend(Summary()));

    private static string Start(string file)
    {
        var text = System.IO.File.ReadAllText(file, System.Text.Encoding.Latin1);
        return text[..Math.Min(1_500, text.Length)];
    }

    private static string Kind(string fault) => fault.Length > 40 ? fault[..40] : fault;
}
