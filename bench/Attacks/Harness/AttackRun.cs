using System.Globalization;

namespace BudgetEngine.Attacks.Harness;

/// <summary>Runs each attack against a new engine and prints the table. 1: somebody else was hurt.</summary>
internal sealed class AttackRun(AttackOptions options)
{
    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(2);

    /// <summary>What was asked just before the end is answered within that.</summary>
    private static readonly TimeSpan _givingUp = TimeSpan.FromSeconds(30);

    public async Task<int> RunAsync()
    {
        var all = new List<AttackFigures>();
        foreach (var postgres in options.Stores)
        {
            foreach (var attack in options.Attacks.Where(a => a.RunsOn(postgres)))
            {
                Console.Error.WriteLine($"attacks: {attack.Name} on {(postgres ? "PostgreSQL" : "SQLite")}");
                all.Add(await RunAsync(attack, postgres));
                Console.Error.WriteLine(all[^1].ToString());
            }
        }

        Console.WriteLine(AttackFigures.Head);
        foreach (var figures in all) Console.WriteLine(figures.ToString());
        return all.TrueForAll(f => f.IsBorne) ? 0 : 1;
    }

    private async Task<AttackFigures> RunAsync(IAttack attack, bool postgres)
    {
        await using var stand = await Stand.StartAsync(postgres, options.Rows);
        await attack.PrepareAsync(stand);
        var victim = new Victim(stand.Engine.Address, await stand.KeyAsync(Stand.Victim, null, "check", "usage"));
        await RehearseAsync(attack, stand);
        await MeasureAsync(victim, _warmUp);
        var idle = await MeasureAsync(victim, options.Idle);
        var (before, logged) = (Memory(stand), stand.Engine.Output.Length);
        var tally = new Tally();
        using var end = new CancellationTokenSource(options.Attack);
        // Not on this thread: what the attack does before its first await must not delay the measuring.
        var attacking = Task.Run(() => attack.RunAsync(stand, tally, end.Token), CancellationToken.None);
        var most = WatchAsync(stand, end.Token);
        var during = await victim.MeasureAsync(end.Token);
        await GivenUpAsync(attacking);
        var effect = await attack.EffectAsync(stand);
        return new AttackFigures(attack, postgres, idle, during, (before, await most), stand.Engine.Output.Length - logged, tally.ToString(), effect);
    }

    /// <summary>Without it the first second of an attack would measure the just-in-time compiler, at work on code that has never run.</summary>
    private static async Task RehearseAsync(IAttack attack, Stand stand)
    {
        using var end = new CancellationTokenSource(_warmUp);
        await GivenUpAsync(Task.Run(() => attack.RunAsync(stand, new Tally(), end.Token), CancellationToken.None));
    }

    private static async Task<VictimFigures> MeasureAsync(Victim victim, TimeSpan time)
    {
        using var end = new CancellationTokenSource(time);
        return await victim.MeasureAsync(end.Token);
    }

    private static async Task GivenUpAsync(Task attacking)
    {
        try
        {
            await attacking.WaitAsync(_givingUp);
        }
        catch (OperationCanceledException)
        {
            // The end was told.
        }
    }

    private static async Task<long> WatchAsync(Stand stand, CancellationToken end)
    {
        var most = Memory(stand);
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!end.IsCancellationRequested)
        {
            await looks.WaitForNextTickAsync(CancellationToken.None);
            most = Math.Max(most, Memory(stand));
        }

        return most;
    }

    /// <summary>The engine's resident set, in MB.</summary>
    private static long Memory(Stand stand)
    {
        var line = File.ReadLines($"/proc/{stand.Engine.Id}/status").First(l => l.StartsWith("VmRSS", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
