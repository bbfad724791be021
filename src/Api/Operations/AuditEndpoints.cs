using System.Globalization;
using System.Text.Json;
using BudgetEngine.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api;

/// <summary><c>GET /v1/audit</c>: every administrative write.</summary>
internal sealed class AuditEndpoints(Gate gate, ILedgerStore ledger) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/v1/audit", gate.Guard(Scopes.Read, ListAsync));

    private async Task<Problem?> ListAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var limit = query.Limit();
        var since = query.Time("since");
        var asked = query.CostCenter("cost_center");
        var after = query.Cursor(1, out var problem);
        long? afterId = null;
        if (after is not null)
        {
            if (long.TryParse(after[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id)) afterId = id;
            else problem = new Problem(ApiCode.InvalidCursor, "The cursor is not one that this list has answered.");
        }

        if ((query.Problem() ?? problem ?? caller.Under(asked, out _)) is { } refused) return refused;
        caller.Under(asked, out var under);
        var entries = await ledger.ReadAuditAsync(under, since, afterId, limit + 1, context.RequestAborted);
        var answer = JsonAnswer.Begin(context);
        Page.Write(answer.Writer, entries, limit, Write, e => Cursors.Write(e.Id.ToString(CultureInfo.InvariantCulture)));
        await answer.SendAsync();
        return null;
    }

    private static void Write(Utf8JsonWriter json, AuditEntry entry)
    {
        json.WriteStartObject();
        json.WriteTime("at"u8, entry.At);
        json.WriteString("key"u8, entry.Actor);
        json.WriteString("action"u8, entry.Action);
        CheckAnswerJson.WriteText(json, "cost_center"u8, entry.CostCenter);
        WriteRaw(json, "before"u8, entry.Before);
        WriteRaw(json, "after"u8, entry.After);
        CheckAnswerJson.WriteText(json, "reason"u8, entry.Reason);
        json.WriteEndObject();
    }

    private static void WriteRaw(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? raw)
    {
        json.WritePropertyName(name);
        if (raw is null) json.WriteNullValue();
        else json.WriteRawValue(raw);
    }
}
