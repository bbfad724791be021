using System.Text.Json;
using BudgetEngine.Domain;
using BudgetEngine.Ledger;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api;

/// <summary>A stored budget with what stands beside it: increases, the pause, warnings.</summary>
internal sealed record BudgetAnswer(StoredBudget Stored, TenantSettings? Tenant, IReadOnlyList<Increase> Increases, Pause? Paused, IReadOnlyList<string> Warnings);

/// <summary>Gathers and writes answers about budgets.</summary>
internal sealed class BudgetAnswers(ILedgerStore ledger, Catalog catalog, TimeProvider clock)
{
    public static string ETagOf(StoredBudget stored) => $"\"{stored.Version}\"";

    public async Task<BudgetAnswer> GatherAsync(StoredBudget stored, Dictionary<string, Budget?> known)
    {
        var now = clock.GetUtcNow();
        var path = stored.CostCenter;
        var node = (await ledger.RegisterAsync([path], DateOnly.MaxValue, now, process: null, CancellationToken.None))[0];
        var increases = stored.User is { } user
            ? (await ledger.ReadUserAsync(path, user, DateOnly.MaxValue, CancellationToken.None)).Increases
            : node.Increases;
        // Users' and models' pauses of a cost center are its pauses too; the one of this budget's own subject is told here.
        var paused = node.Pauses.FirstOrDefault(p => p.User == stored.User && p.Model is null && (p.Until is null || p.Until > now));
        var tenant = stored.User is null && !path.Contains('/') ? catalog.Current.Policies.TenantOf(path) : null;
        return new BudgetAnswer(stored, tenant, [.. increases.Where(i => i.Until > now)], paused, await WarningsAsync(stored, known));
    }

    public static void Write(Utf8JsonWriter json, BudgetAnswer answer)
    {
        var stored = answer.Stored;
        json.WriteStartObject();
        json.WriteString("cost_center"u8, stored.CostCenter);
        CheckAnswerJson.WriteText(json, "user"u8, stored.User);
        json.WritePropertyName("budget"u8);
        BudgetJson.WriteBudget(json, stored.Budget, answer.Tenant);
        json.WriteStartArray("increases"u8);
        foreach (var increase in answer.Increases) BudgetJson.WriteIncrease(json, increase);
        json.WriteEndArray();
        json.WritePropertyName("paused"u8);
        if (answer.Paused is { } pause) BudgetJson.WritePause(json, pause);
        else json.WriteNullValue();
        json.WriteStartArray("warnings"u8);
        foreach (var warning in answer.Warnings) json.WriteStringValue(warning);
        json.WriteEndArray();
        json.WriteTime("updated_at"u8, stored.UpdatedAt);
        json.WriteString("updated_by"u8, stored.UpdatedBy);
        json.WriteEndObject();
    }

    public async Task SendAsync(HttpContext context, StoredBudget stored, int status)
    {
        var gathered = await GatherAsync(stored, []);
        context.Response.StatusCode = status;
        context.Response.Headers.ETag = ETagOf(stored);
        var answer = JsonAnswer.Begin(context);
        Write(answer.Writer, gathered);
        await answer.SendAsync();
    }

    /// <summary>Limits above those of an ancestor, which will deny first; and rules that find nothing to apply.</summary>
    private async Task<IReadOnlyList<string>> WarningsAsync(StoredBudget stored, Dictionary<string, Budget?> known)
    {
        var warnings = new List<string>();
        var own = stored.Budget.Own.Limits;
        // The budget of one user is a part of its own cost center.
        var above = stored.User is null ? CostCenterId.ParentOf(stored.CostCenter) : stored.CostCenter;
        for (; above is not null && own.Any; above = CostCenterId.ParentOf(above))
        {
            if (!known.TryGetValue(above, out var budget)) known[above] = budget = (await ledger.ReadBudgetAsync(above, null, CancellationToken.None))?.Budget;
            if (budget is null) continue;
            foreach (var period in Window.Periods)
            {
                if (own[period] is { } limit && budget.Own.Limits[period] is { } upper && limit > upper)
                {
                    warnings.Add($"{Words.Periods.Of(period)}: the limit {limit} is above the limit {upper} of {above}, which denies first");
                }
            }
        }

        if (stored.Budget.Inherited is { UnknownModel: UnknownModelRule.DefaultPrice, DefaultPrice: null }
            && catalog.Current.Policies.PolicyOf(stored.CostCenter).DefaultPrice is null)
        {
            warnings.Add("unknown_model is default_price, but no default_price is set here or above: unknown models are denied");
        }

        return warnings;
    }
}
