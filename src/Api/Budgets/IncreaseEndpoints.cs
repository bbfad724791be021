using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Budgets;

/// <summary><c>/v1/increases</c>: temporary additions to a limit, under the caller's own ids.</summary>
internal sealed class IncreaseEndpoints(
    Gate gate, ILedgerIncreases ledger, ILedgerCostCenters costCenters, BudgetWrites writes, TimeProvider clock, Resolution resolution, BodyReader bodies) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/increases", gate.GuardRead(Scopes.Read, ListAsync))
            .WithMetadata(new Operation(Tags.Budgets, "Temporary increases", "Scope: read.")
                .Takes(Parameter.Under, Parameter.Limit, Parameter.Cursor).Gives<PageResponse<IncreaseResponse>>());
        routes.MapPut("/v1/increases/{id}", gate.Guard(Scopes.Admin, PutAsync))
            .WithMetadata(new Operation(Tags.Budgets, "Add to a limit until an instant; a repeat changes nothing", "Scope: admin.")
                .Takes(Parameter.Reason).Reads<IncreaseRequest>()
                .Gives<IncreaseResponse>(description: "Unchanged").Gives<IncreaseResponse>(StatusCodes.Status201Created, "New"));
        routes.MapDelete("/v1/increases/{id}", gate.Guard(Scopes.Admin, DeleteAsync))
            .WithMetadata(new Operation(Tags.Budgets, "End it", "Scope: admin.").Takes(Parameter.Reason).GivesNothing());
    }

    private async Task<Problem?> ListAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var limit = query.Limit();
        var after = query.Cursor(1, out var badCursor);
        var asked = query.CostCenter("under");
        if ((query.Problem() ?? badCursor ?? caller.Under(asked, out _)) is { } problem) return problem;
        caller.Under(asked, out var under);
        var page = await ledger.ListIncreasesAsync(under, after?[0], limit + 1, context.RequestAborted);
        return await context.AnswerAsync(Page.Of(page, limit, IncreaseResponse.Of, static i => Cursors.Write(i.Id)));
    }

    private async Task<Problem?> PutAsync(HttpContext context, ApiKey caller)
    {
        var draft = new Draft();
        var faults = new FaultList();
        if (await JsonBody.ReadAsync(context, bodies, draft, Draft.Read, faults) is { } unreadable) return unreadable;
        var id = IdOf(context, faults);
        var now = clock.GetUtcNow();
        draft.Check(faults);
        var reason = AdminRequest.ReasonOf(context, draft.Reason, faults);
        if (faults.ToProblem() is { } problem) return problem;
        var path = draft.CostCenter!.Value.Path;
        if ((caller.Change(path) ?? writes.OldName(path)) is { } outside) return outside;
        if (!await costCenters.ExistsAsync(path, CancellationToken.None)) return new Problem(ApiCode.UnknownCostCenter, $"There is no cost center '{path}'.");
        if (draft.Until <= now && await ledger.ReadIncreaseAsync(id, CancellationToken.None) is null) return Problem.Fault("until", "must be in the future");
        var increase = new Increase(id, path, draft.User, draft.Period!.Value, draft.Amount!.Value, draft.Until!.Value, reason, caller.Id, now);
        var written = await ledger.PutIncreaseAsync(increase, AdminRequest.ContextOf(caller, clock, reason), CancellationToken.None);
        if (written.Status == IncreaseWriteStatus.Conflict) return ConflictOf(caller, id, written.Increase);
        await writes.PutInForceAsync(path, draft.User, BudgetWrites.Increased);
        return await context.AnswerAsync(
            IncreaseResponse.Of(written.Increase), written.Status == IncreaseWriteStatus.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private async Task<Problem?> DeleteAsync(HttpContext context, ApiKey caller)
    {
        var faults = new FaultList();
        var id = IdOf(context, faults);
        var reason = AdminRequest.ReasonOf(context, null, faults);
        if (faults.ToProblem() is { } problem) return problem;
        var increase = await ledger.ReadIncreaseAsync(id, CancellationToken.None);
        if (increase is null || caller.Change(increase.CostCenter) is not null
            || !await ledger.DeleteIncreaseAsync(id, increase.CostCenter, AdminRequest.ContextOf(caller, clock, reason), CancellationToken.None))
        {
            return new Problem(ApiCode.NotFound, $"There is no increase '{id}'.");
        }

        await writes.PutInForceAsync(increase.CostCenter, increase.User, BudgetWrites.IncreaseEnded);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return null;
    }

    private static string IdOf(HttpContext context, FaultList faults)
    {
        var id = (string?)context.Request.RouteValues["id"];
        if (TextRules.FaultOf(id, TextRules.MaxRequestId) is { } fault) faults.Add("id", fault);
        return id ?? "";
    }

    /// <summary>What differs is told only to those who may see it.</summary>
    private Problem ConflictOf(ApiKey caller, string id, Increase stored) => new(
        ApiCode.IncreaseConflict,
        caller.Subtree.Contains(stored.CostCenter)
            ? $"'{id}' is an increase of {resolution.ToText(stored.Amount)} on '{stored.CostCenter}' until {TimeText.Of(stored.Until)}; use another id."
            : $"'{id}' is taken; use another id.");

    internal sealed class Draft
    {
        private bool _costCenterSent;
        private bool _periodSent;
        private bool _amountSent;
        private bool _untilSent;

        public CostCenterId? CostCenter { get; private set; }

        public string? User { get; private set; }

        public Period? Period { get; private set; }

        public Money? Amount { get; private set; }

        public DateTimeOffset? Until { get; private set; }

        public string? Reason { get; private set; }

        public static void Read(ref JsonFields fields, Draft draft)
        {
            while (fields.Next())
            {
                if (fields.Is("cost_center"u8)) draft.CostCenter = Sent(ref fields, ref draft._costCenterSent) ? fields.CostCenter() : null;
                else if (fields.Is("user"u8)) draft.User = fields.Text(TextRules.MaxUser);
                else if (fields.Is("period"u8)) draft.Period = Sent(ref fields, ref draft._periodSent) ? ReadPeriod(ref fields) : null;
                else if (fields.Is("amount"u8)) draft.Amount = Sent(ref fields, ref draft._amountSent) ? fields.PositiveAmount() : null;
                else if (fields.Is("until"u8)) draft.Until = Sent(ref fields, ref draft._untilSent) ? fields.Time() : null;
                else if (fields.Is("reason"u8)) draft.Reason = fields.Text(TextRules.MaxReason);
                else fields.Unknown();
            }
        }

        public void Check(FaultList faults)
        {
            if (!_costCenterSent) faults.Add("cost_center", "is required");
            if (!_periodSent) faults.Add("period", "is required");
            if (!_amountSent) faults.Add("amount", "is required");
            if (!_untilSent) faults.Add("until", "is required");
        }

        private static Period? ReadPeriod(ref JsonFields fields)
        {
            if (fields.Text(32) is not { } word) return null;
            var period = Words.Periods.Parse(word);
            if (period is null) fields.Fault($"must be one of {string.Join(", ", Words.Periods.All)}");
            return period;
        }

        private static bool Sent(ref JsonFields fields, ref bool sent) => sent = !fields.IsNull();
    }
}
