namespace BudgetEngine.Simulation.Plans;

/// <summary>What may go wrong in a run, and how often: drawn once per run, each run its own subset (swarm testing). A quarter of the runs is calm.</summary>
internal sealed class RunPlan
{
    /// <param name="more">For what was added later: runs without it stay what they were.</param>
    public RunPlan(Dice dice, Dice more)
    {
        Charges = more.OneIn(3);
        Minutes = more.OneIn(4);
        TurnsAtOnce = more.Of([0, 50, 95]);
        CostCenterMoves = more.OneIn(3);
        Calm = dice.OneIn(4);
        Exclusive = dice.OneIn(3);
        Processes = Exclusive ? 1 : dice.Between(2, 3);
        CopiesMessages = dice.OneIn(8);
        DirectTurns = dice.OneIn(2);
        Callers = dice.Between(3, 8);
        Commands = dice.Between(3, 7);
        IdleAge = dice.Of([TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(2)]);
        MaxBatch = dice.Of([1, 3, 50, 2_000]);
        MaxPending = dice.OneIn(6) ? 4 : 65_536;
        PostDeadline = TimeSpan.FromSeconds(dice.Of([10, 10, 2]));
        Start = StartOf(dice);
        Admin = dice.OneIn(2);
        Zones = dice.OneIn(3);
        Vanishing = dice.OneIn(2);
        Poison = dice.OneIn(3);
        Restarts = dice.OneIn(3);
        Strikes = dice.Between(2, 9);
        Lies = dice.OneIn(2);
        if (Calm) return;
        ReceiverFails = dice.OneIn(2) ? dice.Between(5, 40) : 0;
        RingLoss = dice.OneIn(2) ? dice.Between(10, 90) : 0;
        // Some faults hide what others would show: half of these runs have one kind only.
        var only = (OnlyFaults)dice.Below(8);
        var all = only > OnlyFaults.Clocks;
        ClockSteps = only == OnlyFaults.Clocks || (all && dice.OneIn(3));
        if (all || only == OnlyFaults.Store)
        {
            StoreFailsBefore = dice.OneIn(2) ? dice.Between(1, 8) : 0;
            StoreFailsAfter = dice.OneIn(2) ? dice.Between(1, 8) : 0;
            StoreSlow = dice.OneIn(2) ? dice.Between(1, 15) : 0;
            StoreOutages = dice.OneIn(3);
        }

        if (all || only == OnlyFaults.Deaths)
        {
            ActivationKills = dice.OneIn(2);
            // A turn that waits on an activation which died alone would never end; in a real process activations do not.
            DirectTurns &= !ActivationKills;
            ProcessKills = dice.OneIn(2) || only == OnlyFaults.Deaths;
        }
        else
        {
            Restarts = false;
        }

        if (only == OnlyFaults.Deaths)
        {
            // Few, since the next would take away what the last has left; and what has been left must last until it is looked at.
            Strikes = dice.Between(1, 3);
            Lasting = true;
        }

        if (Exclusive || !(all || only == OnlyFaults.LateMessages)) return;
        Delay = only == OnlyFaults.LateMessages || dice.OneIn(2) ? dice.Between(1, 25) : 0;
        InTime = dice.OneIn(2);
        Duplicates = dice.OneIn(2) ? dice.Between(1, 15) : 0;
        if (!all) return;
        Loss = dice.OneIn(2) ? dice.Between(1, 8) : 0;
        ReplyLoss = dice.OneIn(2) ? dice.Between(1, 8) : 0;
        Pauses = dice.OneIn(2);
        Isolations = dice.OneIn(2);
        Moves = dice.OneIn(2);
    }

    /// <summary>The one kind of faults that a run has; all other numbers: any of them.</summary>
    private enum OnlyFaults
    {
        LateMessages, Store, Deaths, Clocks,
    }

    public bool Calm { get; }

    /// <summary>Some budgets have <c>on_expiry: charge</c>.</summary>
    public bool Charges { get; }

    /// <summary>Some budgets have limits by the minute.</summary>
    public bool Minutes { get; }

    /// <summary>Cost centers are renamed, get other parents and are merged.</summary>
    public bool CostCenterMoves { get; }

    /// <summary>Limits are not what they were set up to be.</summary>
    public bool LimitsChange => Admin || CostCenterMoves;

    /// <summary>One process with the exclusive lock on the ledger, nodes without epochs; else several, each with its lease.</summary>
    public bool Exclusive { get; }

    public int Processes { get; }

    /// <summary>Messages are copied through JSON, which is dear: aliasing shows in one run of eight.</summary>
    public bool CopiesMessages { get; }

    /// <summary>Nodes of one process ask each other by direct turns, not by messages.</summary>
    public bool DirectTurns { get; }

    /// <summary>How many of a hundred direct turns run where they are asked for, as if the node were free; the others wait, as where it is not.</summary>
    public int TurnsAtOnce { get; }

    /// <summary>An answer may come late, or not at all.</summary>
    public bool AnswersGetLost => Delay + Loss + ReplyLoss > 0 || Pauses || Isolations;

    public int Callers { get; }

    public int Commands { get; }

    public TimeSpan IdleAge { get; }

    public int MaxBatch { get; }

    public int MaxPending { get; }

    /// <summary>Short, so that callers give up on commits that come later.</summary>
    public TimeSpan PostDeadline { get; }

    public DateTimeOffset Start { get; }

    // Percent of messages between processes.
    public int Loss { get; }

    public int ReplyLoss { get; }

    public int Delay { get; }

    public int Duplicates { get; }

    /// <summary>Late messages come before any call is given up: whatever is granted meanwhile must be given back, and nothing may stay anywhere.</summary>
    public bool InTime { get; }

    // Percent of calls of the store.
    public int StoreFailsBefore { get; }

    public int StoreFailsAfter { get; }

    public int StoreSlow { get; }

    /// <summary>Percent of messages to channels: refused for now, or taken and the answer lost.</summary>
    public int ReceiverFails { get; }

    /// <summary>Percent of rings of channels that are lost, within a process too.</summary>
    public int RingLoss { get; }

    /// <summary>How often a process, an activation, a clock or a connection is broken.</summary>
    public int Strikes { get; }

    /// <summary>Most reservations have so much time that they stay to the end if nobody ends them.</summary>
    public bool Lasting { get; }

    public bool ActivationKills { get; }

    public bool ProcessKills { get; }

    /// <summary>A process cannot reach the store for a while.</summary>
    public bool StoreOutages { get; }

    public bool ClockSteps { get; }

    /// <summary>A process stops for a while, as by SIGSTOP, and goes on.</summary>
    public bool Pauses { get; }

    /// <summary>A process is cut off from the others, not from the store and its own callers.</summary>
    public bool Isolations { get; }

    /// <summary>The directory forgets where a node is: a second activation beside the first.</summary>
    public bool Moves { get; }

    /// <summary>Limits, increases and pauses change.</summary>
    public bool Admin { get; }

    public bool Zones { get; }

    public bool Vanishing { get; }

    /// <summary>Some records can never be stored.</summary>
    public bool Poison { get; }

    /// <summary>A caller forges reservation ids, and uses those of other subtrees.</summary>
    public bool Lies { get; }

    /// <summary>Processes stop in good order and start again.</summary>
    public bool Restarts { get; }

    public bool NetworkFaults => Loss + ReplyLoss + Delay + Duplicates > 0 || Isolations || Pauses || Moves;

    public bool StoreFaults => StoreFailsBefore + StoreFailsAfter + StoreSlow > 0 || StoreOutages;

    /// <summary>Nodes lose what they have in memory.</summary>
    public bool Losses => ActivationKills || ProcessKills || Pauses || Isolations || Moves || Restarts;

    public override string ToString() => string.Join(
        ' ', typeof(RunPlan).GetProperties().Where(p => p.GetIndexParameters().Length == 0).Select(p => $"{p.Name}={p.GetValue(this)}"));

    /// <summary>Noon of a plain day, or so short before midnight, the end of a week, a month or a year that the run crosses it.</summary>
    private static DateTimeOffset StartOf(Dice dice)
    {
        var midnight = dice.Of(
        [
            new DateTimeOffset(2026, 3, 5, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 3, 9, 0, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2026, 4, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero),
        ]);
        return dice.OneIn(2) ? midnight - TimeSpan.FromSeconds(dice.Between(5, 60)) : midnight - TimeSpan.FromHours(12);
    }
}
