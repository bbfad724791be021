using System.Threading.Channels;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Denials;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Denials;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Denials;

/// <summary>
/// Takes every denial of this process, and keeps or counts it. A check never waits for it: what finds no room in the queue is counted too. <see cref="DenialWriter"/> empties it.
/// </summary>
internal sealed class DenialLog(Catalog catalog, TimeProvider clock, IdSource ids, IOptions<DenialOptions> options)
{
    /// <summary>Whose denials of tenants that do not exist are: their names are made up by callers, without end.</summary>
    private const string NoTenant = "";

    private readonly Lock _lock = new();
    private readonly DenialSampling _sampling = new(options.Value.MaxPerMinute);
    private readonly Dictionary<string, long> _seen = new(StringComparer.Ordinal);
    private readonly DenialCounts _counts = new();
    private readonly Guid _process = ids.Next();
    private readonly Channel<DenialEntry> _queue = Channel.CreateBounded<DenialEntry>(
        new BoundedChannelOptions(options.Value.MaxPending) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private DateTimeOffset _minute;
    private long _kept;
    private long _omitted;
    private long _dropped;

    /// <summary>Denials that wait to be written.</summary>
    public int Pending => _queue.Reader.Count;

    /// <summary>Put into the queue, since the start.</summary>
    public long Kept => Volatile.Read(ref _kept);

    /// <summary>Only counted, because their tenant had enough in that minute.</summary>
    public long Omitted => Volatile.Read(ref _omitted);

    /// <summary>Only counted, because the queue was full or the ledger refused them.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Called for every decision on a check: nothing is done for one that allows, or that only looks.</summary>
    public void Offer(CheckCommand command, CheckAnswer answer)
    {
        if (answer.Allowed || command.DryRun) return;
        var now = clock.GetUtcNow();
        if (Take(command.CostCenter.Path, answer.Reason!, now, out var sampled)) Enqueue(DenialEntry.Of(command, answer, now, sampled));
    }

    /// <summary>The same for an extension.</summary>
    public void Offer(string costCenter, string user, CheckAnswer answer)
    {
        if (answer.Allowed) return;
        var now = clock.GetUtcNow();
        if (Take(costCenter, answer.Reason!, now, out var sampled)) Enqueue(new DenialEntry(now, costCenter, user, null, null, null, answer, sampled));
    }

    /// <summary>Moves what waits to the end of a batch, up to its limit.</summary>
    public void Take(List<Denial> batch, int limit)
    {
        while (batch.Count < limit && _queue.Reader.TryRead(out var entry)) batch.Add(entry.ToDenial(ids.Next()));
    }

    /// <summary>Counts that are not in the ledger as they are.</summary>
    public List<OmittedDenials> ChangedCounts(int limit)
    {
        lock (_lock) return _counts.Changed(_process, limit);
    }

    public void Written(IReadOnlyList<OmittedDenials> counts)
    {
        lock (_lock) _counts.Written(counts, clock.GetUtcNow());
    }

    /// <summary>The ledger can never store it.</summary>
    public void Refused(Denial denial) => Drop(denial.CostCenter, denial.Reason);

    private void Enqueue(in DenialEntry entry)
    {
        if (_queue.Writer.TryWrite(entry)) Interlocked.Increment(ref _kept);
        else Drop(entry.CostCenter, entry.Answer.Reason!);
    }

    private void Drop(string costCenter, string reason)
    {
        Interlocked.Increment(ref _dropped);
        var tenant = TenantOf(costCenter);
        var minute = MinuteOf(clock.GetUtcNow());
        lock (_lock) _counts.TryAdd(minute, tenant, tenant.Length == 0 ? NoTenant : costCenter, reason);
    }

    /// <summary>Whether this one is kept; else it is counted.</summary>
    private bool Take(string costCenter, string reason, DateTimeOffset now, out bool sampled)
    {
        var tenant = TenantOf(costCenter);
        var minute = MinuteOf(now);
        lock (_lock)
        {
            if (minute != _minute)
            {
                _seen.Clear();
                _minute = minute;
            }

            var number = _seen.GetValueOrDefault(tenant) + 1;
            _seen[tenant] = number;
            sampled = !_sampling.IsWhole(number);
            if (_sampling.IsKept(number)) return true;
            _counts.TryAdd(minute, tenant, tenant.Length == 0 ? NoTenant : costCenter, reason);
        }

        Interlocked.Increment(ref _omitted);
        return false;
    }

    private string TenantOf(string costCenter) => catalog.Current.Policies.TenantOf(costCenter) is null ? NoTenant : CostCenterId.TenantOf(costCenter);

    private static DateTimeOffset MinuteOf(DateTimeOffset time) => new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
}
