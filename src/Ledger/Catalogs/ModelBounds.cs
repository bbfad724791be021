using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Ledger.Catalogs;

/// <summary>What the cost centers of a path say of a model, together.</summary>
/// <param name="Allowed">False: at least one allows other models only.</param>
/// <param name="MaxOutput">The least that one of them allows as output of one call; null: none limits it.</param>
/// <param name="Depth">Segments of the cost center that says so.</param>
public readonly record struct ModelBounds(bool Allowed, long? MaxOutput, int Depth)
{
    public static readonly ModelBounds None = new(true, null, 0);

    internal ModelBounds Within(ModelRules rules, string? model, int depth)
    {
        var bounds = rules.Allows(model) ? this : this with { Allowed = false };
        return rules.MaxOutputOf(model) is { } most && (MaxOutput is null || most < MaxOutput) ? bounds with { MaxOutput = most, Depth = depth } : bounds;
    }
}
