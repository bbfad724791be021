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
/// lost by it. A key with a subtree below the tenant has half of the tenant's, so that none takes all.
/// </summary>
public sealed partial class UsageQuotas(IOptions<UsageOptions> options, TimeProvider clock, ILogger<UsageQuotas> logger)
{
    /// <summary>Of a row without its texts, with its share of indexes and balances.</summary>
    private const int BytesOfRow = 400;

    // Keyed by tenants, which people make, and by subtrees of keys, which have shares: so no more than a hundred thousand small entries.
    private readonly ConcurrentDictionary<string, UsageQuota> _quotas = new(StringComparer.Ordinal);

    /// <summary>Takes room for a row, or says why there is none.</summary>
    internal QuotaRefusal? TryTake(UsageRow row, Subtree caller)
    {
        var (bytes, user) = (BytesOf(row), HashOf(row.User));
        var own = OfSubtree(caller);
        if (own?.TryTake(bytes, user, out _) is { } refused) return refused;
        var tenant = row.Tenant;
        var quota = OfTenant(tenant);
        if (quota.TryTake(bytes, user, out var nearing) is { } full)
        {
            own?.GiveBack(bytes);
            return full;
        }

        if (nearing) LogNearing(tenant, options.Value.MaxRecordsPerMinute, options.Value.MaxBytesPerMinute);
        return null;
    }

    /// <summary>The row was not stored.</summary>
    internal void GiveBack(UsageRow row, Subtree caller)
    {
        var bytes = BytesOf(row);
        OfSubtree(caller)?.GiveBack(bytes);
        OfTenant(row.Tenant).GiveBack(bytes);
    }

    /// <summary>Before a body is read: a problem when all that the caller may record is used up.</summary>
    internal Problem? Exhausted(Subtree caller)
    {
        if (caller.CostCenter is not { } root) return null;
        return (OfSubtree(caller)?.Exhausted() ?? OfTenant(CostCenterId.TenantOf(root)).Exhausted()) is { } refused ? ProblemOf(refused) : null;
    }

    /// <summary>Tells the caller in advance, in a header, when little is left in this minute.</summary>
    internal void Announce(HttpContext context, Subtree caller, string? costCenter)
    {
        if ((costCenter ?? caller.CostCenter) is not { } path) return;
        if ((OfSubtree(caller)?.Warning() ?? OfTenant(CostCenterId.TenantOf(path)).Warning()) is not { } warning) return;
        context.Response.Headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{warning.Quota}\";r={warning.Left};t={warning.Seconds}");
    }

    internal static Problem ProblemOf(QuotaRefusal refused) => new(ApiCode.QuotaExceeded, DetailOf(refused)) { RetryAfter = refused.RetryAfter };

    internal static string DetailOf(QuotaRefusal refused) => string.Create(
        CultureInfo.InvariantCulture,
        $"More {refused.Quota} than {refused.Most} in {(refused.Window == UsageQuota.Window ? "a minute" : "an hour")}; nothing was recorded. Send it again with the same id in {refused.RetryAfter} s.");

    private UsageQuota OfTenant(string tenant) => _quotas.TryGetValue(tenant, out var known) ? known : _quotas.GetOrAdd(tenant, _ => new UsageQuota(Limits(1), clock));

    /// <summary>Of a key with a subtree below its tenant; null: the tenant's is all there is.</summary>
    private UsageQuota? OfSubtree(Subtree caller) => caller is not { Depth: > 1, CostCenter: { } root } ? null
        : _quotas.TryGetValue(root, out var known) ? known : _quotas.GetOrAdd(root, _ => new UsageQuota(Limits(2), clock));

    private UsageQuotaLimits Limits(int share) => new(
        Math.Max(1, options.Value.MaxRecordsPerMinute / share), Math.Max(1, options.Value.MaxBytesPerMinute / share), Math.Max(1, options.Value.MaxUsersPerHour / share));

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
