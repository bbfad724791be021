using System.Globalization;
using BudgetEngine.Cluster.Survival;

namespace BudgetEngine.Cluster;

/// <summary>What ./cluster.sh is told.</summary>
/// <param name="Rounds">Storms; 0: none.</param>
/// <param name="Nemeses">Only these, in this order, again and again; empty: drawn from all.</param>
internal sealed record ClusterOptions(int Rounds, int Seed, IReadOnlyList<string> Nemeses, bool Throughput)
{
    private const string Usage = "usage: cluster.sh [--rounds N] [--seed S] [--nemesis NAME,...] | --throughput";

    /// <summary>Null after an error, which has been told on standard error.</summary>
    public static ClusterOptions? Parse(string[] args)
    {
        var options = new ClusterOptions(AllClusterNemeses.List.Count, Random.Shared.Next(), [], args.Length == 0);
        if (args is ["--throughput"]) return options with { Rounds = 0, Throughput = true };
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length || options.With(args[i], args[i + 1]) is not { } next)
            {
                Console.Error.WriteLine(Usage);
                Console.Error.WriteLine($"nemeses: {string.Join(", ", AllClusterNemeses.List.Select(n => n.Name))}");
                return null;
            }

            options = next;
        }

        return options;
    }

    private ClusterOptions? With(string name, string value)
    {
        var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        var names = value.Split(',');
        return name switch
        {
            "--rounds" when isNumber && number > 0 => this with { Rounds = number },
            "--seed" when isNumber => this with { Seed = number },
            "--nemesis" when names.All(n => AllClusterNemeses.List.Any(known => known.Name == n)) => this with { Nemeses = names },
            _ => null,
        };
    }
}
