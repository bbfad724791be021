using BudgetEngine.Attacks.Harness;
using BudgetEngine.Attacks.Reads;

// One line for each attack, in the order of the table.
IReadOnlyList<IAttack> attacks =
[
    new SubtreeReads(),
    new UnstorableIds(),
    new GzipBomb(),
    new StalledBodies(),
    new UnwritableSession(),
    new SlowExports(),
];

return AttackOptions.Parse(args, attacks) is { } options ? await new AttackRun(options).RunAsync() : 2;
