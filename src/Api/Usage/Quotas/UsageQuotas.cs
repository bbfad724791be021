using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Usage.Quotas;

/// <summary>
/// How much usage one tenant may make this process store. A flood is refused before anything of it is taken, so that its sender can send it again: real cost is never
/// lost by it. A key with a subtree has the subtree's share (<see cref="SubtreeShares"/>), and what it takes counts in that of every subtree around it: so keys that it makes for
/// what is below have no more together.
/// </summary>
public sealed partial class UsageQuotas(IOptions<UsageOptions> options, TimeProvider clock, ILogger<UsageQuotas> logger)
{
    /// <summary>Of a row without its texts, with its share of indexes and balances.</summary>
    private const int BytesOfRow = 400;

    // Keyed by tenants, which people make, and by the subtrees of keys, which have shares, with what is around them: so some hundred thousand small entries at most.
    private readonly ConcurrentDictionary<string, UsageQuota> _quotas = new(StringComparer.Ordinal);

    /// <summary>Takes room for a row, or says why there is none.</summary>
    internal QuotaRefusal? TryTake(UsageRow row, Subtree caller)
    {
        var (bytes, user) = (BytesOf(row), HashOf(row.User));
        var own = QuotaOf(caller, row.Tenant);
        for (var quota = own; quota is not null; quota = quota.Around)
        {
            if (quota.TryTake(bytes, user, out var nearing) is { } refused)
            {
                for (var taken = own; taken != quota; taken = taken.Around!) taken.GiveBack(bytes);
                return refused;
            }

            if (nearing && quota.Around is null) LogNearing(quota.CostCenter, options.Value.MaxRecordsPerMinute, options.Value.MaxBytesPerMinute);
        }

        return null;
    }

    /// <summary>The row was not stored.</summary>
    internal void GiveBack(UsageRow row, Subtree caller)
    {
        var bytes = BytesOf(row);
        for (var quota = QuotaOf(caller, row.Tenant); quota is not null; quota = quota.Around) quota.GiveBack(bytes);
    }

    /// <summary>Before a body is read: a problem when all that the caller may record is used up.</summary>
    internal Problem? Exhausted(Subtree caller)
    {
        for (var quota = caller.CostCenter is { } root ? QuotaOf(root) : null; quota is not null; quota = quota.Around)
        {
            if (quota.Exhausted() is { } refused) return ProblemOf(refused);
        }

        return null;
    }

    /// <summary>Tells the caller in advance, in a header, when little is left in this minute.</summary>
    internal void Announce(HttpContext context, Subtree caller, string? costCenter)
    {
        if ((costCenter ?? caller.CostCenter) is not { } path) return;
        for (var quota = QuotaOf(caller, CostCenterId.TenantOf(path)); quota is not null; quota = quota.Around)
        {
            if (quota.Warning() is not { } warning) continue;
            context.Response.Headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{warning.Quota}\";r={warning.Left};t={warning.Seconds}");
            return;
        }
    }

    internal static Problem ProblemOf(QuotaRefusal refused) => new(ApiCode.QuotaExceeded, DetailOf(refused)) { RetryAfter = refused.RetryAfter };

    internal static string DetailOf(QuotaRefusal refused) => string.Create(
        CultureInfo.InvariantCulture,
        $"More {refused.Quota} than {refused.Most} in {(refused.Window == UsageQuota.Window ? "a minute" : "an hour")}, all that '{refused.CostCenter}' may record; nothing was recorded. Send it again with the same id in {refused.RetryAfter} s.");

    /// <summary>Of the caller's subtree; of a caller with the whole installation that of the tenant.</summary>
    private UsageQuota QuotaOf(Subtree caller, string tenant) => QuotaOf(caller.CostCenter ?? tenant);

    private UsageQuota QuotaOf(string costCenter) => _quotas.TryGetValue(costCenter, out var known) ? known : _quotas.GetOrAdd(costCenter, New);

    private UsageQuota New(string costCenter)
    {
        var (depth, parent) = (CostCenterId.DepthOf(costCenter), CostCenterId.ParentOf(costCenter));
        // It has as much as the one around it, which is full no later.
        if (depth > SubtreeShares.Levels) return QuotaOf(parent!);
        var limits = new UsageQuotaLimits(
            SubtreeShares.Of(options.Value.MaxRecordsPerMinute, depth), SubtreeShares.Of(options.Value.MaxBytesPerMinute, depth), (int)SubtreeShares.Of(options.Value.MaxUsersPerHour, depth));
        return new UsageQuota(costCenter, limits, parent is null ? null : QuotaOf(parent), clock);
    }

    /// <summary>Half of a sound hash: who makes up names cannot make them collide.</summary>
    private static long HashOf(string user)
    {
        var hasher = new ContentHasher(stackalloc byte[512]);
        hasher.Add(user);
        var hash = hasher.Finish();
        return MemoryMarshal.Read<long>(MemoryMarshal.AsBytes(new ReadOnlySpan<Guid>(in hash)));
    }

    private static int BytesOf(UsageRow row) =>
        BytesOfRow + row.RequestId.Length * 2 + row.CostCenter.Length * 2 + row.User.Length + Of(row.Session) + Of(row.Provider) + Of(row.Model) + Of(row.ErrorCode)
        + Of(row.ErrorMessage) + Of(row.RequestPath) + Of(row.Preview) + Of(row.TagsJson) + Of(row.ReservationId) + Of(row.DetailsJson) + Of(row.PricedAsJson);

    private static int Of(string? text) => text?.Length ?? 0;

    [LoggerMessage(3102, LogLevel.Warning, "Tenant {Tenant} has used four fifths of what it may record in a minute at this process ({Records} records, {Bytes} bytes); beyond it records are refused with quota_exceeded.")]
    private partial void LogNearing(string tenant, long records, long bytes);
}
