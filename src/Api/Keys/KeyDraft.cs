using BudgetEngine.Api.Gateway;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Api.Keys;

/// <summary>The body of a new key, or of a patch of one, as it is being read.</summary>
internal sealed class KeyDraft(bool isPatch)
{
    private bool _scopesSent;

    public string? Name { get; set; }

    public bool NameSent { get; private set; }

    public Scopes Scopes { get; private set; }

    public CostCenterId? CostCenter { get; private set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public GatewayProfile Gateway { get; set; } = GatewayProfile.Default;

    public bool HasGateway { get; set; }

    public string? Reason { get; private set; }

    public static void Read(ref JsonFields fields, KeyDraft draft)
    {
        while (fields.Next())
        {
            if (fields.Is("name"u8)) draft.Name = (draft.NameSent = !fields.IsNull()) ? fields.Text(TextRules.MaxName, printable: true) : null;
            else if (fields.Is("expires_at"u8)) draft.ExpiresAt = fields.Time();
            else if (fields.Is("gateway"u8)) draft.ReadGateway(ref fields);
            else if (fields.Is("reason"u8)) draft.Reason = fields.Text(TextRules.MaxReason);
            else if (draft.IsNew && fields.Is("scopes"u8)) draft.ReadScopes(ref fields);
            else if (draft.IsNew && fields.Is("cost_center"u8)) draft.CostCenter = fields.IsNull() ? null : fields.CostCenter();
            else fields.Unknown();
        }
    }

    public void CheckNew(DateTimeOffset now, FaultList faults)
    {
        if (!NameSent) faults.Add("name", "is required");
        if (!_scopesSent) faults.Add("scopes", "is required");
        CheckExpiry(now, faults);
    }

    public void CheckExpiry(DateTimeOffset now, FaultList faults)
    {
        if (ExpiresAt <= now) faults.Add("expires_at", "must be in the future");
    }

    private bool IsNew => !isPatch;

    private void ReadGateway(ref JsonFields fields)
    {
        HasGateway = fields.Enter(out var outer);
        if (!HasGateway)
        {
            Gateway = GatewayProfile.Default;
            return;
        }

        Gateway = Gateway.Read(ref fields);
        fields.Leave(outer);
    }

    private void ReadScopes(ref JsonFields fields)
    {
        _scopesSent = !fields.IsNull();
        if (!_scopesSent || !fields.EnterArray()) return;
        while (fields.NextItem())
        {
            if (fields.ItemText(32) is not { } word) continue;
            var scope = ScopeWords.Parse(word);
            if (scope == Scopes.None) fields.Fault("must be of check, usage, read, admin");
            Scopes |= scope;
        }

        if (Scopes == Scopes.None && !fields.Faults.Any) fields.Fault("must have at least one scope");
    }
}
