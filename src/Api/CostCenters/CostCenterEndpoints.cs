using System.Text.Json;
using BudgetEngine.Domain;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api;

/// <summary><c>/v1/cost-centers</c>: which there are, and how they stand.</summary>
internal sealed class CostCenterEndpoints(Gate gate, ILedgerStore ledger, LiveNodes nodes, UtilizationOrder order)
{
    private const int MaxReservations = 100;
    private const int MaxChildren = 100;
    private const int MaxModels = 100;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/cost-centers", gate.Guard(Scopes.Read, ListAsync));
        routes.MapGet("/v1/cost-centers/{**cost_center}", gate.Guard(Scopes.Read, GetAsync));
    }

    private async Task<Problem?> ListAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var limit = query.Limit();
        var byUtilization = query.Word("sort", "cost_center", "utilization") == "utilization";
        var after = query.Cursor(1, out var badCursor);
        var asked = query.CostCenter("under");
        if ((query.Problem() ?? badCursor ?? caller.Under(asked, out _)) is { } problem) return problem;
        caller.Under(asked, out var under);
        var paths = byUtilization
            ? await order.PageAsync(under, after?[0], limit + 1, context.RequestAborted)
            : [.. (await ledger.ListCostCentersAsync(under, after?[0], limit + 1, nodes.TodayOf, context.RequestAborted)).Select(s => s.CostCenter)];
        var views = await nodes.ViewAllAsync([.. paths.Take(limit)]);
        var items = paths.Select((path, i) => (Path: path, View: i < views.Length ? views[i] : null)).ToList();
        var answer = JsonAnswer.Begin(context);
        Page.Write(answer.Writer, items, limit, WriteItem, i => Cursors.Write(i.Path));
        await answer.SendAsync();
        return null;
    }

    private async Task<Problem?> GetAsync(HttpContext context, ApiKey caller)
    {
        var faults = new FaultList();
        var path = PathOf(context, faults);
        if ((new QueryReader(context, faults).Problem() ?? caller.See(path)) is { } problem) return problem;
        var view = await nodes.ViewAsync(path, MaxReservations);
        if (!view.Exists) return new Problem(ApiCode.UnknownCostCenter, $"There is no cost center '{path}'.");
        var models = await ledger.ReadModelsAsync(path, view.Today, MaxModels, context.RequestAborted);
        var (children, childCount) = await ledger.ListChildrenAsync(path, MaxChildren, context.RequestAborted);
        var answer = JsonAnswer.Begin(context);
        var json = answer.Writer;
        json.WriteStartObject();
        WriteMembers(json, path, view);
        WriteReservations(json, view);
        WriteModels(json, models);
        json.WriteStartArray("children"u8);
        foreach (var child in children) json.WriteStringValue(child);
        json.WriteEndArray();
        json.WriteNumber("child_count"u8, childCount);
        // Alerts are listed from the issue on that raises them.
        json.WriteStartArray("alerts"u8);
        json.WriteEndArray();
        json.WriteString("time_zone"u8, nodes.CalendarOf(path).CurrentZone);
        json.WriteNumber("expired_unsettled_today"u8, view.ExpiredToday);
        json.WriteEndObject();
        await answer.SendAsync();
        return null;
    }

    private static string PathOf(HttpContext context, FaultList faults)
    {
        var text = RawTarget.TailOf(context, 2, out var fault);
        if (fault is null && CostCenterId.TryParse(text, out var id, out fault)) return id.Path;
        faults.Add("cost_center", fault!);
        return "";
    }

    private void WriteItem(Utf8JsonWriter json, (string Path, NodeView? View) item)
    {
        json.WriteStartObject();
        WriteMembers(json, item.Path, item.View!);
        json.WriteEndObject();
    }

    private void WriteMembers(Utf8JsonWriter json, string path, NodeView view)
    {
        json.WriteString("cost_center"u8, path);
        var windows = nodes.WindowsOf(view);
        json.WriteString("status"u8, Statuses.Worst(windows));
        CheckAnswerJson.WriteWindows(json, "budgets"u8, windows);
        json.WriteMoney("spent_today"u8, new Money(view.SpentToday));
        json.WriteMoney("spent_month"u8, new Money(view.SpentMonth));
        json.WriteNumber("requests_today"u8, view.RequestsToday);
        WritePause(json, path, view);
    }

    private static void WritePause(Utf8JsonWriter json, string path, NodeView view)
    {
        json.WritePropertyName("paused"u8);
        foreach (var pause in view.Pauses)
        {
            if (pause is not { User: null, Model: null }) continue;
            BudgetJson.WritePause(json, new Pause(path, null, null, pause.Until, pause.Reason, pause.By, pause.At));
            return;
        }

        json.WriteNullValue();
    }

    private static void WriteReservations(Utf8JsonWriter json, NodeView view)
    {
        json.WriteStartObject("reservations"u8);
        json.WriteNumber("open"u8, view.Open);
        json.WriteMoney("amount"u8, new Money(view.OpenAmount));
        json.WriteStartArray("items"u8);
        foreach (var reservation in view.Reservations) ReservationJson.Write(json, OpenReservations.ViewOf(reservation));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteModels(Utf8JsonWriter json, IReadOnlyList<ModelSpend> models)
    {
        json.WriteStartArray("models"u8);
        foreach (var model in models)
        {
            json.WriteStartObject();
            json.WriteString("model"u8, model.Model);
            json.WriteMoney("spent_today"u8, model.SpentToday);
            json.WriteMoney("spent_month"u8, model.SpentMonth);
            json.WriteNumber("requests_month"u8, model.RequestsMonth);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
