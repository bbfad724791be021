using System.ComponentModel;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Errors;

namespace BudgetEngine.Api.Usage;

/// <summary>What became of the records of a body.</summary>
public sealed record BatchResponse(long Recorded, long Duplicates, long Rejected, IReadOnlyList<RecordResponse> Results);

/// <summary>A body that broke off: the problem, and what became of the records before it.</summary>
[Description("malformed_batch, too_many_records or body_too_large: what came before stays recorded.")]
public sealed record BrokenBatchResponse : ProblemResponse
{
    internal BrokenBatchResponse(ProblemResponse problem, BatchResponse batch) : base(problem) =>
        (Recorded, Duplicates, Rejected, Results) = (batch.Recorded, batch.Duplicates, batch.Rejected, batch.Results);

    [JsonPropertyOrder(1)]
    public long Recorded { get; }

    [JsonPropertyOrder(1)]
    public long Duplicates { get; }

    [JsonPropertyOrder(1)]
    public long Rejected { get; }

    [JsonPropertyOrder(1)]
    public IReadOnlyList<RecordResponse> Results { get; }
}
