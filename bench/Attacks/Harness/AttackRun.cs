using System.Diagnostics;
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
        var all = options.Stores.SelectMany(p => options.Attacks.Where(a => a.RunsOn(p)).Select(a => (Attack: a, Postgres: p))).ToList();
        if (options.OnlyRow && all is [var (attack, postgres)])
        {
            var figures = await RunAsync(attack, postgres);
            Console.WriteLine(figures.ToString());
            return figures.IsBorne ? 0 : 1;
        }

        var (rows, hurt) = (new List<string>(), false);
        foreach (var (next, onPostgres) in all)
        {
            Console.Error.WriteLine($"attacks: {next.Name} on {(onPostgres ? "PostgreSQL" : "SQLite")}");
            var (row, isBorne) = await InItsProcessAsync(next, onPostgres);
            rows.Add(row);
            hurt |= !isBorne;
            Console.Error.WriteLine(row);
        }

        Console.WriteLine(AttackFigures.Head);
        foreach (var row in rows) Console.WriteLine(row);
        return hurt ? 1 : 0;
    }

    /// <summary>Each attack has a process of its own: once that has stepped back behind the others, so would the next engine that it starts.</summary>
    private async Task<(string Row, bool IsBorne)> InItsProcessAsync(IAttack attack, bool postgres)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [typeof(AttackRun).Assembly.Location, .. options.ArgumentsOf(attack, postgres)]) { RedirectStandardOutput = true })!;
        var row = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (row.TrimEnd(), process.ExitCode == 0);
    }

    private async Task<AttackFigures> RunAsync(IAttack attack, bool postgres)
    {
        await using var stand = await Stand.StartAsync(postgres, options.Rows);
        await attack.PrepareAsync(stand);
        await using var victim = VictimProcess.Start(stand.Engine.Address, await stand.KeyAsync(Stand.Victim, null, "check", "usage"));
        if (!options.Beside) Elsewhere.Yield();
        await RehearseAsync(attack, stand);
        await victim.MeasureAsync(_warmUp);
        var idle = await victim.MeasureAsync(options.Idle);
        var (before, logged) = (Memory(stand), stand.Engine.Output.Length);
        var tally = new Tally();
        using var end = new CancellationTokenSource(options.Attack);
        // Not on this thread: what the attack does before its first await must not delay what follows.
        var attacking = Task.Run(() => attack.RunAsync(stand, tally, end.Token), CancellationToken.None);
        var most = WatchAsync(stand, end.Token);
        var during = await victim.MeasureAsync(options.Attack);
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
