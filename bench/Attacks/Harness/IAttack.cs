namespace BudgetEngine.Attacks.Harness;

/// <summary>What one tenant does to hurt the others. It has keys of its own tenant, <see cref="Stand.Attacker"/>, and nothing else.</summary>
internal interface IAttack
{
    /// <summary>For the command line.</summary>
    string Name { get; }

    /// <summary>For the table.</summary>
    string What { get; }

    /// <summary>Stores on which it means something different; elsewhere it is skipped.</summary>
    bool RunsOn(bool postgres) => true;

    /// <summary>What has to be there before. Not measured.</summary>
    Task PrepareAsync(Stand stand);

    /// <summary>Attacks until the end is told. Answers go into the tally.</summary>
    Task RunAsync(Stand stand, Tally tally, CancellationToken end);

    /// <summary>What else is worth a column; after the attack, with the engine still there.</summary>
    Task<string> EffectAsync(Stand stand) => Task.FromResult("");
}
