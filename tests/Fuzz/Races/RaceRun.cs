using System.Collections.Concurrent;
using System.Text;
using BudgetEngine.Fuzz.Host;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Fuzz.Races;

/// <summary>
/// Administrators race for one resource, with bodies that come slowly: answers and what is there afterwards must be those of some order of their requests, one
/// after the other.
/// </summary>
internal sealed class RaceRun(FuzzHost host, int seed)
{
    private const int MaxAdministrators = 3;
    private const int MaxPauseMilliseconds = 6;
    private const int RacesAtOnce = 4;

    private static readonly Func<string, IRacedResource>[] _kinds = [n => new RacedBudget(n), n => new RacedKey(n), n => new RacedIncrease(n), n => new RacedChannel(n), n => new RacedCaller(n)];

    /// <summary>What no order explains, each with its requests and answers.</summary>
    public static async Task<IReadOnlyCollection<string>> RunAsync(int races, int seed)
    {
        await using var host = await FuzzHost.StartAsync();
        var run = new RaceRun(host, seed);
        var faults = new ConcurrentQueue<string>();
        await Parallel.ForAsync(0, races, new ParallelOptions { MaxDegreeOfParallelism = RacesAtOnce }, async (number, _) =>
        {
            if (await run.OneAsync(number) is { } fault) faults.Enqueue(fault);
        });
        return faults;
    }

    private async Task<string?> OneAsync(int number)
    {
        var random = new Random(HashCode.Combine(seed, number));
        using var admin = host.NewClient();
        var resource = _kinds[number % _kinds.Length]($"race{number % 50}/r{number}");
        var before = await resource.PrepareAsync(admin, random);
        var steps = Enumerable.Range(0, random.Next(2, MaxAdministrators + 1)).Select(_ => (Step: resource.Next(random), Pause: TimeSpan.FromMilliseconds(random.Next(MaxPauseMilliseconds)))).ToList();
        var statuses = await Task.WhenAll(steps.Select(s => Task.Run(() => SendAsync(s.Step, s.Pause))));
        var after = await resource.ReadAsync(admin);
        if (Orders([.. Enumerable.Range(0, steps.Count)]).Any(order => Explains(order, steps.ConvertAll(s => s.Step), statuses, before, after))) return null;
        var told = string.Join("\n  ", steps.Select((s, i) => $"{s.Step} (pause {s.Pause.TotalMilliseconds} ms) -> {statuses[i]}"));
        return $"race {number} of seed {seed}: no order explains\n  before: {before ?? "nothing"}\n  {told}\n  after: {after ?? "nothing"}";
    }

    private async Task<int> SendAsync(RaceStep step, TimeSpan pause)
    {
        using var client = new HttpClient { BaseAddress = host.Address, DefaultRequestHeaders = { { Races.KeyHeader, step.Key ?? FuzzHost.AdminKey } } };
        using var request = new HttpRequestMessage(step.Method, step.Path);
        if (step.Body is { } body)
        {
            request.Content = new SlowContent(Encoding.UTF8.GetBytes(body), () => Task.Delay(pause, TimeProvider.System)) { Headers = { ContentType = new("application/json") } };
        }

        using var answer = await client.SendAsync(request);
        return (int)answer.StatusCode;
    }

    private static bool Explains(IReadOnlyList<int> order, IReadOnlyList<RaceStep> steps, int[] statuses, string? before, string? after)
    {
        var state = before;
        foreach (var i in order)
        {
            (state, var status) = steps[i].Model(state);
            if (status != statuses[i]) return false;
        }

        return state == after;
    }

    private static IEnumerable<IReadOnlyList<int>> Orders(IReadOnlyList<int> of)
    {
        if (of.Count <= 1) return [of];
        return of.SelectMany(first => Orders([.. of.Where(i => i != first)]).Select(rest => (IReadOnlyList<int>)[first, .. rest]));
    }
}
