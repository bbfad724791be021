using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Api.Alerts;

/// <summary>Advice from a cost center's own numbers.</summary>
public sealed record RecommendationResponse(RecommendationKind Kind, string? Subject, string? Instead, Money Amount, string Text)
{
    public static IReadOnlyList<RecommendationResponse> Of(IReadOnlyList<Recommendation> recommendations) =>
        [.. recommendations.Select(r => new RecommendationResponse(r.Kind, r.Subject, r.Instead, r.Amount, r.Text))];
}
