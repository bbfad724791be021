using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Usage;

/// <summary><c>POST /v1/usage/corrections</c>: a row of its own that corrects a stored one.</summary>
internal sealed class CorrectionEndpoints(Gate gate, UsageService usage, BodyReader bodies) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/usage/corrections", gate.Guard(Scopes.Admin, PostAsync))
            .WithMetadata(new Operation(Tags.Usage, "Correct a stored row by a row of its own", "Scope: admin.")
                .Takes(Parameter.Reason).Reads<CorrectionRequest>().Gives<CorrectionResponse>());

    private async Task<Problem?> PostAsync(HttpContext context, ApiKey caller)
    {
        var draft = new Draft();
        var faults = new FaultList();
        if (await JsonBody.ReadAsync(context, bodies, draft, Draft.Read, faults) is { } unreadable) return unreadable;
        draft.Check(faults);
        var reason = AdminRequest.ReasonOf(context, draft.Reason, faults);
        if (faults.ToProblem() is { } problem) return problem;
        if (draft.CostCenter is { } costCenter && caller.See(costCenter.Path) is { } outside) return outside;
        var result = await usage.CorrectAsync(
            draft.RequestId!, draft.Corrects!, draft.Amount!.Value, reason, caller.Subtree, CancellationToken.None, draft.CostCenter?.Path);
        if (result.Kind == UsageResultKind.Rejected) return result.ToProblem();
        return await context.AnswerAsync(new CorrectionResponse(result.RequestId, result.Kind, result.Cost, result.Flags, draft.Corrects!));
    }

    internal sealed class Draft
    {
        private bool _requestIdSent;
        private bool _correctsSent;
        private bool _amountSent;

        public string? RequestId { get; private set; }

        public string? Corrects { get; private set; }

        public Money? Amount { get; private set; }

        /// <summary>Names the tenant where more than one has the row's id, and the cost center where a row of another one has it too.</summary>
        public CostCenterId? CostCenter { get; private set; }

        public string? Reason { get; private set; }

        public static void Read(ref JsonFields fields, Draft draft)
        {
            while (fields.Next())
            {
                if (fields.Is("request_id"u8)) draft.RequestId = Sent(ref fields, ref draft._requestIdSent) ? fields.RequestId() : null;
                else if (fields.Is("corrects"u8)) draft.Corrects = Sent(ref fields, ref draft._correctsSent) ? fields.RequestId() : null;
                else if (fields.Is("amount"u8)) draft.Amount = Sent(ref fields, ref draft._amountSent) ? fields.Amount(-fields.Resolution.MaxInput) : null;
                else if (fields.Is("cost_center"u8)) draft.CostCenter = fields.IsNull() ? null : fields.CostCenter();
                else if (fields.Is("reason"u8)) draft.Reason = fields.Text(TextRules.MaxReason);
                else fields.Unknown();
            }
        }

        public void Check(FaultList faults)
        {
            if (!_requestIdSent) faults.Add("request_id", "is required");
            if (!_correctsSent) faults.Add("corrects", "is required");
            if (!_amountSent) faults.Add("amount", "is required");
            else if (Amount == Money.Zero) faults.Add("amount", "must not be 0");
        }

        private static bool Sent(ref JsonFields fields, ref bool sent) => sent = !fields.IsNull();
    }
}
