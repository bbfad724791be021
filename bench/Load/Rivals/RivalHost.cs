using System.Buffers;
using System.Text;
using System.Text.Json;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Usage;
using BudgetEngine.Load.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Load.Rivals;

/// <summary>The part of the HTTP API that the loads use, over a rival. Like echo it needs no key and looks up no price.</summary>
internal sealed class RivalHost(IRival rival)
{
    public const string TotalsPath = "/v1/totals";

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(2);
    private static readonly byte[] Denied = """{"decision":"deny","reason":"budget_exceeded","reservation_id":null,"estimated":0.0088,"granted":0}"""u8.ToArray();
    private static readonly byte[] Released = """{"state":"released"}"""u8.ToArray();
    private static readonly byte[] Forgotten = """{"state":"forgotten"}"""u8.ToArray();

    public static async Task<int> RunAsync(string port, IRival rival)
    {
        await using (rival)
        {
            var host = new RivalHost(rival);
            await using var app = PlainHost.Build(port, host.CheckAsync, host.UseAsync);
            app.MapDelete("/v1/reservations/{id}", host.ReleaseAsync);
            app.MapGet(TotalsPath, host.NotifyTotalsAsync);
            await app.RunAsync();
        }

        return 0;
    }

    private async Task CheckAsync(HttpContext context)
    {
        var body = await PlainHost.ReadAsync(context.Request.BodyReader);
        var command = CheckJson.Read(body.Buffer, Resolution.Nano, AnswerWithin, visibleDepth: 0);
        context.Request.BodyReader.AdvanceTo(body.Buffer.End);
        if (command is null)
        {
            await PlainHost.RefuseAsync(context);
            return;
        }

        var costCenter = command.CostCenter.ToString();
        var id = RivalReservation.New(costCenter);
        var allowed = await rival.CheckAsync(costCenter, id.Key);
        await PlainHost.AnswerAsync(
            context, allowed ? Encoding.UTF8.GetBytes($$"""{"decision":"allow","reason":null,"reservation_id":"{{id}}","estimated":0.0088,"granted":0.0088}""") : Denied);
    }

    private async Task ReleaseAsync(HttpContext context)
    {
        var id = RivalReservation.Parse((string)context.Request.RouteValues["id"]!);
        await PlainHost.AnswerAsync(context, await rival.ReleaseAsync(id.CostCenter, id.Key) ? Released : Forgotten);
    }

    private async Task UseAsync(HttpContext context)
    {
        var body = await PlainHost.ReadAsync(context.Request.BodyReader);
        var usage = UsageJson.Read(body.Buffer, Resolution.Nano);
        var record = new RivalRecord(usage, body.Buffer.ToArray());
        context.Request.BodyReader.AdvanceTo(body.Buffer.End);
        if (usage.RequestId is null || (usage.CostCenter ?? usage.ReservationId) is null || usage.Faults.Count > 0)
        {
            await PlainHost.RefuseAsync(context);
            return;
        }

        var recorded = usage.ReservationId is { } text
            ? await SettleAsync(RivalReservation.Parse(text), record)
            : await rival.PostAsync(usage.CostCenter!, record);
        var result = recorded ? "recorded" : "duplicate";
        await PlainHost.AnswerAsync(context, Encoding.UTF8.GetBytes($$"""{"request_id":"{{usage.RequestId}}","result":"{{result}}","cost":0.00428}"""));
    }

    private ValueTask<bool> SettleAsync(RivalReservation id, RivalRecord record) => rival.SettleAsync(id.CostCenter, id.Key, record);

    private async Task NotifyTotalsAsync(HttpContext context) => await PlainHost.AnswerAsync(context, JsonSerializer.SerializeToUtf8Bytes(await rival.TotalsAsync()));
}
