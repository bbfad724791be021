using System.Runtime.InteropServices;
using BudgetEngine.Domain.Reports;

namespace BudgetEngine.Reports.Fill;

/// <summary>What the engine's roll-up makes of the records of one day.</summary>
internal sealed class DayTally
{
    /// <summary>As the ledger's roll-up: names of one dimension and cost center that are told apart.</summary>
    private const int MaxNames = 500;

    private readonly Dictionary<(string CostCenter, int Dimension, string Name), Sum> _sums = [];
    private readonly Dictionary<(string CostCenter, int Dimension), int> _names = [];

    public IReadOnlyDictionary<(string CostCenter, int Dimension, string Name), Sum> Sums => _sums;

    /// <param name="paths">The cost center and those above it.</param>
    public void Add(in FillRecord record, ReadOnlySpan<string> paths, string user, string tag)
    {
        var (model, provider) = FillPlan.Models[record.Model];
        foreach (var path in paths)
        {
            Add(path, 0, "", record, withLatency: true);
            Add(path, 1, model, record, withLatency: true);
            Add(path, 2, provider, record, withLatency: true);
            Add(path, 3, user, record, withLatency: false);
            Add(path, 4, tag, record, withLatency: false);
        }
    }

    private void Add(string path, int dimension, string name, in FillRecord record, bool withLatency)
    {
        if (name.Length > 0 && !_sums.ContainsKey((path, dimension, name)))
        {
            ref var names = ref CollectionsMarshal.GetValueRefOrAddDefault(_names, (path, dimension), out _);
            // What comes too late goes to the rest, which is the dimension below zero.
            if (++names > MaxNames) (dimension, name) = (-dimension, "");
        }

        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, (path, dimension, name), out _);
        (sum ??= new Sum()).Add(record, withLatency);
    }

    internal sealed class Sum
    {
        private LatencyHistogram? _latencies;

        public long Spent { get; private set; }

        public long SpentOnFailures { get; private set; }

        public long Requests { get; private set; }

        public long Failed { get; private set; }

        public long Input { get; private set; }

        public long Output { get; private set; }

        public long LatencyMicros { get; private set; }

        public string Histogram => _latencies?.ToString() ?? "";

        public void Add(in FillRecord record, bool withLatency)
        {
            Spent += record.Cost;
            Requests++;
            if (record.Failed)
            {
                SpentOnFailures += record.Cost;
                Failed++;
            }

            Input += record.InputTokens;
            Output += record.OutputTokens;
            LatencyMicros += record.LatencyMicros;
            if (withLatency) (_latencies ??= new LatencyHistogram()).Add(record.LatencyMicros);
        }
    }
}
