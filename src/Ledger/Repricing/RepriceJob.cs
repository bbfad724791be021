using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Ledger.Repricing;

/// <summary>A job that rates a range of rows again, as it is stored: everything that it needs to go on after a crash.</summary>
/// <param name="After">The last row that is done with; rows go by tenant and request id.</param>
/// <param name="Version">Grows with every change: who saves on top of an old one has lost the job to another process.</param>
/// <param name="CancelAsked">It ends after the rows that are under way.</param>
public sealed record RepriceJob(
    string Id, RepriceOrder Order, RepriceState State, DateTimeOffset CreatedAt, string CreatedBy, RowPosition After, RepriceTally Tally, long Version, bool CancelAsked,
    DateTimeOffset? EndedAt, string? Fault)
{
    /// <summary>Begins the id of every correction of this job, so that none is written twice.</summary>
    public string CorrectionPrefix => $"reprice:{Id}:";
}

/// <summary>A place in the order of usage rows.</summary>
public sealed record RowPosition(string Tenant, string RequestId)
{
    public static readonly RowPosition Start = new("", "");
}
