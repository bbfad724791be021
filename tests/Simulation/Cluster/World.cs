using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger;
using BudgetEngine.SimulatedSilo.Hosting;
using BudgetEngine.SimulatedSilo.Scheduling;
using BudgetEngine.Simulation.Checks;
using BudgetEngine.Simulation.Plans;
using BudgetEngine.Simulation.Store;
using BudgetEngine.Simulation.Workload;

namespace BudgetEngine.Simulation.Cluster;

/// <summary>One simulated world: the schedule, the store, the processes, and what is known of all that happened in it.</summary>
internal sealed class World
{
    public const string Tenant = "acme";

    private readonly List<string>? _log;
    private readonly HashSet<Sometimes> _reached = [];
    private int _processes;

    public World(ulong seed, bool logs)
    {
        // The plan is drawn before the schedule has a clock: from a scheduler of its own with the same seed.
        Plan = new RunPlan(new Dice(new SimulationScheduler(seed)), new Dice(new SimulationScheduler(seed ^ 0x2545F4914F6CDD1D)));
        Scheduler = new SimulationScheduler(seed ^ 0x5DEECE66D, Plan.Start) { TimeLimit = TimeSpan.FromHours(30) };
        Dice = new Dice(Scheduler);
        Seed = seed;
        _log = logs ? [] : null;
        Database = new SimulatedDatabase(Scheduler.Time) { Yields = true, Refuses = RefusalOf };
        Directory = new Directory(this);
        Books = new Books(this);
        Bound = new Bound(this);
        Minutes = new MinuteWatch(this);
        Watch = new NodeWatch(this);
        Moves = new MoveWatch(this);
        Alerts = new AlertWatch(this);
        Receivers = new Receivers(this);
        Scheduler.Stepped = Watch.AfterStep;
        Database.Committed = rows =>
        {
            try
            {
                Books.Commit(rows);
                Minutes.Commit(rows);
                Bound.Commit(rows);
                Alerts.Commit(rows);
            }
            catch (Exception violation)
            {
                // The writer would take it for an outage, and go on.
                Broken ??= violation.ToString();
                throw;
            }
        };
        Database.Lasts = () => Faults is { } plan && Dice.Percent(plan.StoreSlow) ? DelayAsync(Dice.Millis(10, 3_000)) : Task.CompletedTask;
        Database.Administered = Alerts.Administered;
        Database.Moved = Moves.CutOver;
        Database.AlertsChanged = Alerts.Changed;
        if (!Plan.Calm) Faults = Plan;
    }

    /// <summary>Poisoned rows: the data of one half cannot be stored, the other half meets a bug of the store.</summary>
    private static Exception? RefusalOf(UsageRow row)
    {
        if (!row.RequestId.StartsWith("poison", StringComparison.Ordinal)) return null;
        return (row.RequestId[^1] & 1) == 0 ? new LedgerDataException("This database cannot store the row.") : new InvalidOperationException("This store has a bug.");
    }

    public ulong Seed { get; }

    public RunPlan Plan { get; }

    /// <summary>The plan while its faults are on; null: everything works.</summary>
    public RunPlan? Faults { get; set; }

    public SimulationScheduler Scheduler { get; }

    public Dice Dice { get; }

    public SimulatedDatabase Database { get; }

    public Directory Directory { get; }

    public Books Books { get; }

    public Bound Bound { get; }

    public NodeWatch Watch { get; }

    public MinuteWatch Minutes { get; }

    public MoveWatch Moves { get; }

    public AlertWatch Alerts { get; }

    public Receivers Receivers { get; }

    public Meetings Meetings { get; } = new();

    /// <summary>Something failed in a loop that goes on whatever happens.</summary>
    public string? Broken { get; set; }

    /// <summary>Those that run, and the dead until somebody has noticed.</summary>
    public List<EngineProcess> Processes { get; } = [];

    /// <summary>A message took so long that the answer to a call may have come after its time-out: what it granted lapses at its deadline.</summary>
    public bool AnswersOutlivedTheirCalls { get; set; }

    /// <summary>
    /// Nodes that a process had still to tell when it ended. What it knew dies with it: such a node, unless the sweep tells it because of its limits, knows old
    /// balances until it hears the next ones.
    /// </summary>
    public HashSet<string> Unnotified { get; } = new(StringComparer.Ordinal);

    /// <summary>Who got a reservation first, in the order in which they did.</summary>
    public Dictionary<ReservationId, Reserved> Holders { get; } = [];

    /// <summary>Every reservation that a caller was told of.</summary>
    public HashSet<(Guid Key, Stamp Attempt)> Promised { get; } = [];

    public Endings Endings { get; } = new();

    /// <summary>
    /// Reservations that a caller wanted to release. Where the answer was that nobody knows, the owner has it open and the ledger may have ended it: it does not
    /// come back then, and nobody is to use it.
    /// </summary>
    public HashSet<(Guid Key, Stamp Attempt)> ReleaseAsked { get; } = [];

    /// <summary>The tree as it was set up; callers and checks name its nodes.</summary>
    public Tree Tree { get; set; } = null!;

    public IReadOnlySet<Sometimes> Reached => _reached;

    public IReadOnlyList<string> Lines => _log ?? [];

    public DateTimeOffset Now => Scheduler.Time.GetUtcNow();

    /// <summary>Where everything runs that belongs to no process: the store, the callers.</summary>
    public TaskScheduler Outside => Scheduler.Outside;

    public void Reach(Sometimes sometimes) => _reached.Add(sometimes);

    public void Log(Func<string> line)
    {
        if (_log is null) return;
        _log.Add(Now.ToString("dd HH:mm:ss.fff ", CultureInfo.InvariantCulture) + line());
    }

    public Task DelayAsync(TimeSpan time) => Task.Delay(time, Scheduler.Time);

    public void After(TimeSpan time, Action action)
    {
        ITimer? timer = null;
        timer = Scheduler.Time.CreateTimer(_ =>
        {
            timer?.Dispose();
            action();
        }, null, time, Timeout.InfiniteTimeSpan);
    }

    public async Task<EngineProcess> StartProcessAsync()
    {
        var process = new EngineProcess(this, ++_processes);
        Processes.Add(process);
        await process.StartAsync();
        Log(() => $"{process.Name} serves, epoch {process.Epoch}");
        return process;
    }

    /// <summary>A record was given up: it was answered as an outage although the ledger may have it.</summary>
    public bool HasGivenUp => Processes.Concat(Gone).Any(p => p.GivenUp > 0);

    public EngineProcess ProcessOf(InProcessSilo silo) => Processes.Concat(Gone).First(p => p.Silo == silo);

    public List<EngineProcess> Gone { get; } = [];

    /// <summary>The cluster no longer counts on the process: its nodes go elsewhere.</summary>
    public void DeclareDead(EngineProcess process)
    {
        if (!process.IsMember) return;
        process.IsMember = false;
        Log(() => $"{process.Name} is declared dead");
    }

    public void Remove(EngineProcess process)
    {
        process.Kill();
        process.IsMember = false;
        if (Processes.Remove(process)) Gone.Add(process);
    }

    /// <summary>A process that takes requests; null: none does.</summary>
    public EngineProcess? AnyServing()
    {
        var serving = Processes.Where(p => p is { IsServing: true, IsStopping: false }).ToList();
        return serving.Count == 0 ? null : Dice.Of(serving);
    }

    /// <summary>Reads an id as the installation does. False for what it has not given out.</summary>
    public bool TryRead(string? text, [NotNullWhen(true)] out ReservationId? id) => new ReservationSigningKeys(Database.SigningKeys).TryRead(text, Now, out id);

    public string TextOf(ReservationId id) => new ReservationSigningKeys(Database.SigningKeys).Write(id, Now);

    /// <summary>What broke first is told, not what came of it.</summary>
    public void Fail(string what) => throw new Violation(Broken ?? what);

    public void Require(bool condition, Func<string> what)
    {
        if (!condition) throw new Violation(Broken ?? what());
    }
}

/// <summary>An invariant does not hold.</summary>
internal sealed class Violation(string message) : Exception(message);
