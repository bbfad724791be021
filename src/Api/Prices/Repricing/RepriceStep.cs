using System.Security.Cryptography;
using System.Text;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Usage;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Repricing;

namespace BudgetEngine.Api.Prices.Repricing;

/// <summary>
/// The next rows of a job: rated again, their differences booked as corrections, and counted. A correction's id is made of the job's and its row's, so that rows which
/// are read once more after a crash are corrected once; what was booked before the crash is counted as it was booked.
/// </summary>
internal sealed class RepriceStep(ILedgerRepricing ledger, UsageService usage, Catalog catalog, Tenants tenants, Resolution resolution, TimeProvider clock)
{
    /// <summary>Rows of one step: bounds its memory, and how much is done again after a crash.</summary>
    public const int Rows = 500;

    private const int HashBytes = 16;

    /// <returns>The job with the rows counted, not saved yet; null: not all outcomes are known, and the same rows have to be done again.</returns>
    public async Task<RepriceJob?> RunAsync(RepriceJob job, CancellationToken cancellationToken)
    {
        var rows = await ledger.ReadRepriceRowsAsync(job, Rows, cancellationToken);
        var tally = job.Tally.Copy();
        var planned = new List<PlannedCorrection>();
        foreach (var row in rows) Plan(row, job, tally, planned);
        if (!job.Order.DryRun && !await BookAsync(planned, tally)) return null;
        var isLast = rows.Count < Rows;
        var ended = job.CancelAsked || isLast;
        return job with
        {
            Tally = tally,
            After = rows.Count == 0 ? job.After : new RowPosition(rows[^1].Row.Tenant, rows[^1].Row.RequestId),
            State = !ended ? RepriceState.Open : job.CancelAsked ? RepriceState.Cancelled : RepriceState.Done,
            EndedAt = ended ? clock.GetUtcNow() : null,
        };
    }

    private void Plan(RepriceRow row, RepriceJob job, RepriceTally tally, List<PlannedCorrection> planned)
    {
        var (of, before) = (row.Row, row.Row.Cost + row.Repriced);
        if (row.Own is { } own)
        {
            tally.RowsDone++;
            tally.Count(of.Model!, of.CostCenter, before, own);
            return;
        }

        // A job that is to end books nothing more, but counts what it booked before a crash.
        if (job.CancelAsked) return;
        tally.RowsDone++;
        var price = Rerating.Find(of, catalog.Current.Prices, out var derived);
        if (job.Order.Models.Count > 0 && !job.Order.Models.Contains(of.Model) && !(price is not null && job.Order.Models.Contains(price.Model))) tally.Skip(RepriceWords.OtherModel);
        else if (row.CorrectedByHand) tally.Skip(RepriceWords.CorrectedByHand);
        else if (price is null) tally.Skip(RepriceWords.NoPrice);
        else if (Rerating.Rate(resolution, of, price) is not { } rated || rated.Amount > MaxRecordCost(of)) tally.Skip(RepriceWords.Implausible);
        else if (rated.Amount == before || job.Order.DryRun) tally.Count(of.Model!, of.CostCenter, before, rated.Amount - before);
        else planned.Add(new PlannedCorrection(CorrectionOf(of, rated, price, derived, rated.Amount - before, job), before));
    }

    /// <summary>False: of some correction nobody knows yet whether it was booked.</summary>
    private async Task<bool> BookAsync(List<PlannedCorrection> planned, RepriceTally tally)
    {
        if (planned.Count == 0) return true;
        var results = await usage.BookAsync(planned.ConvertAll(p => p.Row));
        for (var i = 0; i < results.Count; i++)
        {
            if (results[i].Retryable) return false;
            if (results[i].Kind == UsageResultKind.Rejected) tally.Skip(RepriceWords.Refused);
            else tally.Count(planned[i].Row.Model!, planned[i].Row.CostCenter, planned[i].Before, planned[i].Row.Cost);
        }

        return true;
    }

    private UsageRow CorrectionOf(UsageRow row, in RatedCost rated, ModelPrice price, bool derived, Money difference, RepriceJob job) => new()
    {
        RequestId = job.CorrectionPrefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(row.RequestId)).AsSpan(0, HashBytes)),
        CostCenter = row.CostCenter, Kind = RowKind.Correction, User = row.User, Provider = row.Provider, Model = row.Model, Cost = difference, Corrects = row.RequestId,
        Timestamp = clock.GetUtcNow(), BookedDate = row.BookedDate, Reason = job.Order.Reason ?? $"re-priced by {job.Id}", PricedAsJson = price.PricedAs(rated.Layers),
        Flags = derived ? rated.Flags | RowFlags.ModelMatched : rated.Flags, ContentHash = UsageService.HashOf(row.RequestId, difference),
    };

    private Money MaxRecordCost(UsageRow row) => tenants.Find(row.CostCenter)?.MaxRecordCost ?? TenantSettings.DefaultMaxRecordCost;

    private readonly record struct PlannedCorrection(UsageRow Row, Money Before);
}
