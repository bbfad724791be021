using System.Threading.RateLimiting;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Keys;
using BudgetEngine.Domain.CostCenters;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Http;

/// <summary>
/// How many requests of one kind a key may have under way at once, and all keys of its tenant together: no number of keys takes the others' turn. Those beyond it wait, so
/// many and so long as the options say.
/// </summary>
internal abstract class Shares : IDisposable
{
    private const int TenantsShare = 2;

    /// <summary>All keys that have ended take turns together: nobody waits for one of them.</summary>
    private const string Ended = "\0ended";

    private static readonly Problem _tooMany = new(
        ApiCode.TooManyRequests, "The key, or its tenant, has as many such requests under way as it may, and more have waited too long or are too many.");

    private readonly PartitionedRateLimiter<ApiKey> _shares;
    private readonly TimeSpan _waitAtMost;

    protected Shares(int perKey, ApiOptions options)
    {
        _waitAtMost = options.WaitAtMost;
        _shares = PartitionedRateLimiter.CreateChained(
            Limiter(static key => key.HasEnded ? Ended : key.Id, perKey, options.WaitingPerKey), Limiter(TenantOf, perKey * TenantsShare, options.WaitingPerKey * TenantsShare));
    }

    /// <summary>Runs a handler in its turn, where bulk work is done.</summary>
    public async Task<Problem?> RunAsync(HttpContext context, ApiKey caller, Handler handler)
    {
        using var turn = await EnterAsync(context, caller);
        return turn.IsAcquired ? await BulkWork.RunAsync(() => handler(context, caller)) : _tooMany;
    }

    /// <summary>Waits for a turn, which ends when it is disposed of; not acquired: there was none in time.</summary>
    public ValueTask<RateLimitLease> EnterAsync(HttpContext context, ApiKey caller)
    {
        var turn = _shares.AttemptAcquire(caller);
        return turn.IsAcquired ? new(turn) : new(WaitAsync(context, caller, turn));
    }

    public void Dispose() => _shares.Dispose();

    private static PartitionedRateLimiter<ApiKey> Limiter(Func<ApiKey, string> owner, int atOnce, int waiting) =>
        PartitionedRateLimiter.Create<ApiKey, string>(key => RateLimitPartition.GetConcurrencyLimiter(
            owner(key), _ => new ConcurrencyLimiterOptions { PermitLimit = atOnce, QueueLimit = waiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst }));

    /// <summary>A key for the whole installation is a tenant of its own.</summary>
    private static string TenantOf(ApiKey key) => key.HasEnded ? Ended : key.Subtree.CostCenter is { } root ? CostCenterId.TenantOf(root) : "\0" + key.Id;

    private async Task<RateLimitLease> WaitAsync(HttpContext context, ApiKey caller, RateLimitLease refused)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        ends.CancelAfter(_waitAtMost);
        try
        {
            var turn = await _shares.AcquireAsync(caller, 1, ends.Token);
            refused.Dispose();
            return turn;
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            // It waited for as long as it may.
            return refused;
        }
    }
}

/// <summary>Reports, lists and exports: what reads the ledger for people.</summary>
internal sealed class ReadShares(IOptions<ApiOptions> options) : Shares(options.Value.ReadsPerKey, options.Value);

/// <summary>Bodies of many records.</summary>
internal sealed class IntakeShares(IOptions<ApiOptions> options) : Shares(options.Value.IntakesPerKey, options.Value);
