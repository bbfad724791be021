using System.Text.Json;
using BudgetEngine.Api.Denials;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Http.Json;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Checks;

/// <summary>Reservations by id: look, extend, release.</summary>
internal sealed class ReservationEndpoints(
    Gate gate, CheckService checks, DenialLog denials, ILedgerAudit audit, Resolution resolution, TimeProvider clock, BodyReader bodies, IOptions<CheckOptions> options) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/reservations/{id}", gate.Guard(Scopes.Check | Scopes.Read, GetAsync))
            .WithMetadata(new Operation(Tags.Check, "One reservation", "Scope: check or read.").Gives<ReservationResponse>());
        routes.MapDelete("/v1/reservations/{id}", gate.GuardEnding(Scopes.Check, ReleaseAsync))
            .WithMetadata(new Operation(Tags.Check, "Release", "Scope: check. With a reason, by a key with admin, it is an administrative act, and in the audit. A key that has ended since the check may release what is still held.")
                .Takes(Parameter.Reason).Gives<ReleaseResponse>());
        routes.MapPost("/v1/reservations/{id}/extend", gate.Guard(Scopes.Check, ExtendAsync))
            .WithMetadata(new Operation(Tags.Check, "More time, or a larger total amount", "Scope: check.").Reads<ExtensionRequest>().Gives<CheckResponse>());
    }

    private async Task<Problem?> GetAsync(HttpContext context, ApiKey caller)
    {
        if (Find(context, caller, out var id) is { } problem) return problem;
        if (await checks.FindAsync(id!, CancellationToken.None) is not { State: not ReservationState.Forgotten } view) return Unknown("It is not known any more.");
        return await context.AnswerAsync(ReservationResponse.Of(view));
    }

    private async Task<Problem?> ReleaseAsync(HttpContext context, ApiKey caller)
    {
        if (Find(context, caller, out var id) is { } problem) return caller.HasEnded ? Gate.InvalidKey : problem;
        if (!caller.HasEnded && await NoteAsync(context, caller, id!) is { } faulty) return faulty;
        var released = await checks.ReleaseAsync(id!, CancellationToken.None, caller.HasEnded);
        // Whose key has ended is told nothing of what he did not end.
        if (caller.HasEnded && released is { Ended: false, Status: not ReleaseStatus.Unavailable }) return Gate.InvalidKey;
        switch (released.Status)
        {
            case ReleaseStatus.AlreadySettled:
                return new Problem(ApiCode.AlreadySettled, "The reservation is settled; only a correction can give money back.");
            case ReleaseStatus.Unavailable:
                return new Problem(ApiCode.LedgerUnavailable, "The ledger cannot be written now; the outcome is unknown. Repeat the request.");
        }

        return await context.AnswerAsync(new ReleaseResponse(released.State));
    }

    /// <summary>A release with a reason is an administrator's: before it is done the audit has it.</summary>
    private async Task<Problem?> NoteAsync(HttpContext context, ApiKey caller, ReservationId id)
    {
        if (!caller.Has(Scopes.Admin) || !context.Request.Headers.ContainsKey(AdminRequest.ReasonHeader)) return null;
        var faults = new FaultList();
        var reason = AdminRequest.ReasonOf(context, null, faults);
        if (faults.ToProblem() is { } problem) return problem;
        if (await checks.FindAsync(id, CancellationToken.None) is not { State: ReservationState.Held or ReservationState.Settling } open) return null;
        var before = JsonSerializer.Serialize(ReservationResponse.Of(open), AnswersJson.In(resolution).ReservationResponse);
        await audit.AddAuditAsync(AdminRequest.ContextOf(caller, clock, reason), "reservation.release", id.Owner, before, null, CancellationToken.None);
        return null;
    }

    private async Task<Problem?> ExtendAsync(HttpContext context, ApiKey caller)
    {
        if (Find(context, caller, out var id) is { } problem) return problem;
        var draft = new Extension();
        var faults = new FaultList();
        if (await JsonBody.ReadAsync(context, bodies, draft, Extension.Read, faults, options.Value.MaxBodyBytes) is { } unreadable) return unreadable;
        if (!faults.Any && draft is { Ttl: null, Amount: null }) faults.Add("ttl_seconds", "is required, or else amount");
        if (faults.ToProblem() is { } faulty) return faulty;
        var extended = await checks.ExtendAsync(id!, draft.Ttl, draft.Amount, caller.Subtree, CancellationToken.None);
        switch (extended.Status)
        {
            case ExtendStatus.Ended: return new Problem(ApiCode.ReservationEnded, "The reservation has ended; check again.");
            case ExtendStatus.AmountTooSmall: return Problem.Fault("amount", "must not be less than what is granted");
        }

        denials.Offer(id!.Owner, id.User, extended.Decision!);
        return await context.AnswerAsync(CheckResponse.Of(extended.Decision!, explain: false));
    }

    /// <summary>An id of a cost center outside of the caller's subtree is as unknown as one that was never given out.</summary>
    private Problem? Find(HttpContext context, ApiKey caller, out ReservationId? id)
    {
        if (checks.TryRead((string?)context.Request.RouteValues["id"], caller.Subtree, out id)) return null;
        return Unknown("There is no reservation with this id.");
    }

    private static Problem Unknown(string detail) => new(ApiCode.UnknownReservation, detail);

    internal sealed class Extension
    {
        public TimeSpan? Ttl { get; private set; }

        public Money? Amount { get; private set; }

        public static void Read(ref JsonFields fields, Extension draft)
        {
            while (fields.Next())
            {
                if (fields.Is("ttl_seconds"u8)) draft.Ttl = CheckJson.ReadTtl(ref fields);
                else if (fields.Is("amount"u8)) draft.Amount = CheckJson.ReadAmount(ref fields);
                else fields.Unknown();
            }
        }
    }
}
