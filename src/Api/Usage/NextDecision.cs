using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Usage;

/// <summary>Whether a next unestimated check like a record would be allowed: a gateway that only posts learns when to stop.</summary>
internal sealed class NextDecision(CheckService checks, IOptions<CheckOptions> options)
{
    public async Task<CheckAnswer?> AskAsync(UsageInput record, ApiKey caller)
    {
        var path = record.CostCenter ?? ReservationIdText.OwnerOf(record.ReservationId);
        if (!CostCenterId.TryParse(path, out var costCenter, out _)) return null;
        var command = new CheckCommand
        {
            CostCenter = costCenter,
            User = record.User is { Length: > 0 and <= TextRules.MaxUser } user ? user : UsageRow.AnonymousUser,
            Model = record.Model,
            DryRun = true,
            Unestimated = true,
            VisibleDepth = caller.Subtree.Depth,
            AnswerWithin = options.Value.ApiDeadline,
        };
        return checks.Admit(caller, ref command) is null ? await checks.CheckAsync(command, CancellationToken.None) : null;
    }
}
