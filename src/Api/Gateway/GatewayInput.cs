using System.Text;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Gateway;

/// <summary>What a gateway's request says, by the input headers that its key's profile trusts. Everything else of it is the end client's and is not looked at.</summary>
internal readonly struct GatewayInput(IHeaderDictionary headers, ApiKey caller, Resolution resolution, FaultList faults)
{
    private const string DefaultCostCenter = "default";

    /// <summary>The check; not valid once there are faults.</summary>
    public CheckCommand? Read(TimeSpan answerWithin, out string? session)
    {
        var profile = caller.Gateway;
        var costCenter = ReadCostCenter();
        var user = Text("X-User-ID", TextRules.MaxUser);
        session = Text("X-Session-ID", TextRules.MaxUser);
        var model = Text("X-Budget-Model", TextRules.MaxModel);
        var inputTokens = Count("X-Budget-Input-Tokens");
        var maxOutputTokens = Count("X-Budget-Max-Output-Tokens");
        var amount = Amount();
        if (faults.Any) return null;
        var estimable = amount is not null || (model is not null && inputTokens is not null);
        if (!estimable && profile.DefaultAmount > 0 && resolution.TryRoundUp(profile.DefaultAmount, out var standing)) amount = standing;
        return new CheckCommand
        {
            CostCenter = costCenter,
            User = user ?? UsageRow.AnonymousUser,
            Session = session,
            Model = model,
            InputTokens = inputTokens,
            MaxOutputTokens = maxOutputTokens,
            Amount = amount,
            Ttl = profile.Ttl,
            Unestimated = !estimable && amount is null,
            VisibleDepth = caller.Subtree.Depth,
            AnswerWithin = answerWithin,
        };
    }

    private CostCenterId ReadCostCenter()
    {
        var text = Value("X-Cost-Center") ?? caller.Subtree.CostCenter ?? DefaultCostCenter;
        if (!CostCenterId.TryParse(text, out var id, out var fault)) faults.Add("X-Cost-Center", fault!);
        return id;
    }

    private string? Text(string header, int maxLength)
    {
        if (Value(header) is not { } text) return null;
        if (TextRules.FaultOf(text, maxLength) is not { } fault) return text;
        faults.Add(header, fault);
        return null;
    }

    private long? Count(string header)
    {
        if (Value(header) is not { } text) return null;
        if (long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var count)
            && count <= TokenCounts.MaxTokens) return count;
        faults.Add(header, $"must be a whole number, at most {TokenCounts.MaxTokens}");
        return null;
    }

    private Money? Amount()
    {
        const string header = "X-Budget-Amount";
        if (Value(header) is not { } text) return null;
        if (AmountText.Read(Encoding.UTF8.GetBytes(text), out var units) == AmountReading.Ok && units >= 0
            && resolution.TryRoundUp(units, out var money) && money <= Money.MaxInput) return money;
        faults.Add(header, $"must be an amount of 0 to {resolution.ToText(Money.MaxInput)}");
        return null;
    }

    /// <summary>The one value of a trusted header. Empty is absent: gateways write empty headers for what they do not know.</summary>
    private string? Value(string header)
    {
        if (!caller.Gateway.Trusts(header)) return null;
        var values = headers[header];
        if (values.Count > 1)
        {
            faults.Add(header, "must not occur twice");
            return null;
        }

        var value = values.Count == 0 ? null : values[0]?.Trim();
        return string.IsNullOrEmpty(value) ? null : value;
    }
}
