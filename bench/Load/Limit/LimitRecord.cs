using System.Text.Json;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Load.Rivals;

namespace BudgetEngine.Load.Limit;

/// <summary>One record that waits for its batch. What its row needs is made here, by the thread of its request, not by the one that commits.</summary>
internal sealed class LimitRecord(string costCenter, RivalRecord sent)
{
    /// <summary>Of the engine's reservation ids with the cost centers of the loads; a row of the limit is as long as a row of the engine.</summary>
    private const int EngineIdLength = 108;

    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string CostCenter => costCenter;

    public string Tenant { get; } = CostCenterId.TenantOf(costCenter);

    public RivalRecord Sent => sent;

    /// <summary>As the engine keeps them: one JSON object of texts.</summary>
    public string? TagsJson { get; } = sent.Usage.Tags.Count == 0 ? null : JsonSerializer.Serialize(sent.Usage.Tags.ToDictionary());

    public Guid ContentHash { get; } = Domain.Usage.ContentHash.Of(sent.Json);

    public string? ReservationId => sent.Usage.ReservationId?.PadRight(EngineIdLength);

    public (string Tenant, string RequestId) Key => (Tenant, sent.RequestId);

    /// <summary>False: the request id was known. Known once the batch is durable.</summary>
    public Task<bool> Recorded => _done.Task;

    public void Acknowledge(bool recorded) => _done.SetResult(recorded);

    public void Fail(Exception fault) => _done.SetException(fault);
}
