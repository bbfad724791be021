using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Torture.Traffic;

/// <summary>Callers that do everything at once and go on whatever happens: to them an engine that is gone is an answer that did not come.</summary>
internal sealed class MixedLoad
{
    private const int Workers = 10;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(25);

    private readonly CancellationTokenSource _stopping = new();
    private readonly History _history;
    private readonly List<Task> _workers;

    public MixedLoad(Caller caller, Places places, History history, Random random)
    {
        _history = history;
        Records = new RecordTraffic(caller, places, history);
        Holds = new HoldTraffic(caller, places, history, Records);
        _workers = [.. Enumerable.Range(0, Workers).Select(_ => RunAsync(new Random(random.Next())))];
    }

    public RecordTraffic Records { get; }

    public HoldTraffic Holds { get; }

    public static bool IsGone(Exception e) => e is HttpRequestException or IOException or TaskCanceledException;

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_workers);
        // Of a check that got no answer nobody knows when it was decided; by now it was.
        _history.Holds(HoldTraffic.LongestShortTtl);
    }

    private async Task RunAsync(Random random)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await TurnAsync(random);
            }
            catch (TaskCanceledException)
            {
                _history.Violation("no answer within the client's 60 s");
            }
            catch (Exception gone) when (IsGone(gone))
            {
                _history.Count("calls without an answer");
                await Task.Delay(_pause);
            }
            catch (Exception wrong)
            {
                _history.Violation($"a caller cannot understand an answer: {wrong.GetType().Name}: {wrong.Message}");
                await Task.Delay(_pause);
            }
        }
    }

    private Task TurnAsync(Random random) => random.Next(20) switch
    {
        0 or 1 or 2 => Records.SingleAsync(random),
        3 => Records.BatchAsync(random, lines: false),
        4 => Records.BatchAsync(random, lines: true),
        5 => Records.RepeatAsync(random),
        6 => Records.ConflictAsync(random),
        7 => Records.CorrectAsync(random),
        8 => Holds.ProbeAsync(random),
        < 14 => Holds.DurableAsync(random),
        _ => Holds.MessyAsync(random),
    };
}
