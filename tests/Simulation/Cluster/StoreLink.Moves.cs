using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Simulation.Checks;

namespace BudgetEngine.Simulation.Cluster;

/// <summary>Moves of cost centers over the same connection.</summary>
internal sealed partial class StoreLink
{
    /// <summary>A run has few rows: so many get their new names at a time.</summary>
    private const int MaxRenamed = 4;

    public Task<MoveExtent> ReadMoveExtentAsync(MoveJob job, ShareClaim claim, CancellationToken cancellationToken) =>
        CallAsync(writes: false, () => store.ReadMoveExtentAsync(job, claim, CancellationToken.None));

    public Task<MoveRefusal?> CreateMoveAsync(MoveJob job, ShareClaim claim, AdminContext admin, CancellationToken cancellationToken) =>
        CallAsync(writes: true, () => store.CreateMoveAsync(job, claim, admin, CancellationToken.None));

    public Task<MoveJob?> FindMoveAsync(string id, CancellationToken cancellationToken) => CallAsync(writes: false, () => store.FindMoveAsync(id, CancellationToken.None));

    public Task<IReadOnlyList<MoveJob>> ListMovesAsync(string? under, int limit, CancellationToken cancellationToken) =>
        CallAsync(writes: false, () => store.ListMovesAsync(under, limit, CancellationToken.None));

    public Task<bool> CancelMoveAsync(string id, AdminContext admin, CancellationToken cancellationToken) =>
        CallAsync(writes: true, () => store.CancelMoveAsync(id, admin, CancellationToken.None));

    public Task<IReadOnlyList<MoveJob>> ClaimMovesAsync(string processName, IReadOnlyCollection<string> running, int limit, TimeSpan lease, CancellationToken cancellationToken) =>
        CallAsync(writes: true, async () =>
        {
            var claimed = await store.ClaimMovesAsync(processName, running, limit, lease, CancellationToken.None);
            foreach (var job in claimed) world.Moves.Claim(job, process.Name);
            return claimed;
        });

    public Task<MoveJob?> CutOverAsync(MoveJob job, DateTimeOffset now, CancellationToken cancellationToken) => StepAsync(() => store.CutOverAsync(job, now, CancellationToken.None));

    public Task<MoveJob?> FailAsync(MoveJob job, string fault, DateTimeOffset now, CancellationToken cancellationToken) => StepAsync(() => store.FailAsync(job, fault, now, CancellationToken.None));

    public Task<IReadOnlyList<string>> ListTouchedAsync(MoveJob job, CancellationToken cancellationToken) => CallAsync(writes: false, () => store.ListTouchedAsync(job, CancellationToken.None));

    public Task<MoveJob?> OpenAsync(MoveJob job, CancellationToken cancellationToken) => StepAsync(() => store.OpenAsync(job, CancellationToken.None));

    public Task<MoveJob?> RenameAsync(MoveJob job, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        StepAsync(() => store.RenameAsync(job, Math.Min(limit, MaxRenamed), now, CancellationToken.None));

    public Task<bool> ArchiveAsync(string costCenter, AdminContext admin, CancellationToken cancellationToken) => store.ArchiveAsync(costCenter, admin, CancellationToken.None);

    public Task<bool> UnarchiveAsync(string costCenter, AdminContext admin, CancellationToken cancellationToken) => store.UnarchiveAsync(costCenter, admin, CancellationToken.None);

    /// <summary>One step of a job, which its process may not live to hear of.</summary>
    private Task<MoveJob?> StepAsync(Func<Task<MoveJob?>> step) => CallAsync(
        writes: true,
        async () =>
        {
            var job = await step();
            if (job is not null) world.Moves.Note(job);
            if (job is not null && world.Processes.Find(p => p.Os == process) is { } runner) world.Meetings.Moved(runner);
            return job;
        },
        Sometimes.MoveStepWithUnknownOutcome);
}
