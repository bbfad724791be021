using BudgetEngine.Attacks.Harness;
using BudgetEngine.Attacks.Reads;
using BudgetEngine.Attacks.Shares;

if (args is [VictimProcess.Argument]) return await VictimProcess.RunAsync();

// One line for each attack, in the order of the table.
IReadOnlyList<IAttack> attacks =
[
    new SubtreeReads(),
    new UnstorableIds(),
    new GzipBomb(),
    new StalledBodies(),
    new UnwritableSession(),
    new SlowExports(),
    new MadeUpUsers(),
    new DeniedChecks(),
    new HugeChecks(),
    new TakenCaps(),
    new EmptyHolds(),
    new FatRecords(),
];

return AttackOptions.Parse(args, attacks) is { } options ? await new AttackRun(options).RunAsync() : 2;
