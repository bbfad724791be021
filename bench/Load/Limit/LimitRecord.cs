using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Load.Rivals;

namespace BudgetEngine.Load.Limit;

/// <summary>One record that waits for its batch.</summary>
internal sealed class LimitRecord(string costCenter, RivalRecord sent)
{
    /// <summary>Of the engine's reservation ids with the cost centers of the loads; a row of the limit is as long as a row of the engine.</summary>
    private const int EngineIdLength = 108;

    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string CostCenter => costCenter;

    public string Tenant { get; } = CostCenterId.TenantOf(costCenter);

    public RivalRecord Sent => sent;

    public string? ReservationId => sent.Usage.ReservationId?.PadRight(EngineIdLength);

    public (string Tenant, string RequestId) Key => (Tenant, sent.RequestId);

    /// <summary>False: the request id was known. Known once the batch is durable.</summary>
    public Task<bool> Recorded => _done.Task;

    public void Acknowledge(bool recorded) => _done.SetResult(recorded);

    public void Fail(Exception fault) => _done.SetException(fault);
}
