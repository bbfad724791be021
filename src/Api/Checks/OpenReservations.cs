using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Http.Json;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Checks;

/// <summary>Open reservations of a cost center and everything below: list them, and release some or all. The node itself knows them all, as holds.</summary>
internal sealed class OpenReservations(
    Gate gate, LiveNodes nodes, CheckService checks, ILedgerAudit audit, Resolution resolution, TimeProvider clock) : IEndpoints
{
    /// <summary>Reservations read from a node for a list or one step of a release.</summary>
    public const int MaxRead = 10_000;

    private const string Oldest = "created_at";
    private const string Newest = "-created_at";
    private const string Largest = "-left";

    /// <summary>Released at the same time: each is a turn of its owner and of every cost center above, and other calls have their turns between.</summary>
    private const int ReleasedAtOnce = 256;

    /// <summary>After this long no further step begins, and the answer says how many are left.</summary>
    private static readonly TimeSpan _releaseFor = TimeSpan.FromSeconds(20);

    private static readonly Parameter[] _filters =
    [
        Parameter.CostCenter, Parameter.User, Parameter.Query("model"), Parameter.Query("request_id"),
        Parameter.Query("older_than_seconds", "Made at least so long ago."), Parameter.Query("min_amount", "That still hold at least so much."),
    ];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/reservations", gate.GuardRead(Scopes.Check | Scopes.Read, ListAsync))
            .WithMetadata(new Operation(Tags.Check, "Open reservations at and below a cost center", "Scope: check or read.")
                .Takes([.. _filters, Parameter.OneOf("sort", Oldest, Newest, Largest), Parameter.Limit, Parameter.Cursor]).Gives<ReservationsResponse>());
        routes.MapDelete("/v1/reservations", gate.Guard(Scopes.Admin, ReleaseAsync))
            .WithMetadata(new Operation(Tags.Check, "Release open reservations at and below a cost center", "Scope: admin.")
                .Takes([.. _filters, Parameter.Reason]).Gives<ReleaseAllResponse>());
    }

    public static ReservationView ViewOf(ReservationReply reply, CheckService checks) => new(
        checks.TextOf(IdOf(reply)), reply.State, reply.Owner, reply.User, reply.Model, reply.RequestId, new Money(reply.Granted),
        new Money(reply.Left), new Money(reply.Settled), reply.CreatedAt, reply.ExpiresAt);

    private async Task<Problem?> ListAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var limit = query.Limit();
        var after = query.Cursor(2, out var problem);
        var filter = ReservationFilter.Read(query, resolution);
        var sort = query.Word("sort", Oldest, Newest, Largest);
        if ((Target(query, caller, out var path) ?? problem) is { } refused) return refused;
        var view = await nodes.ViewAsync(path, MaxRead);
        if (!view.Exists && view.Open == 0) return new Problem(ApiCode.UnknownCostCenter, $"There is no cost center '{path}'.");
        var now = clock.GetUtcNow();
        var found = view.Reservations.Where(r => filter.Matches(r, now)).Select(r => (Reply: r, Key: KeyOf(r, sort)))
            .OrderBy(r => r.Key, StringComparer.Ordinal)
            .Where(r => after is null || string.CompareOrdinal(r.Key, after[0] + after[1]) > 0)
            .Take(limit + 1).ToList();
        var page = Page.Of(found, limit, r => ReservationResponse.Of(ViewOf(r.Reply, checks)), r => Cursors.Write(r.Key[..19], r.Key[19..]));
        return await context.AnswerAsync(
            new ReservationsResponse(page.Items, page.NextCursor, view.Open, new Money(view.OpenAmount), Math.Max(0, view.Open - view.Reservations.Length)));
    }

    private async Task<Problem?> ReleaseAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var filter = ReservationFilter.Read(query, resolution);
        var reason = AdminRequest.ReasonOf(context, null, query.Faults);
        if (Target(query, caller, out var path) is { } refused) return refused;
        // One instant for all steps: what becomes old enough meanwhile was not meant.
        var now = clock.GetUtcNow();
        var matching = await MatchingAsync(path, filter, now);
        if (matching.Length > 0)
        {
            // Before anything is released: an act that the audit cannot be told of is not done.
            var note = JsonSerializer.Serialize(ReleaseNote.Of(filter, matching.Length), AnswersJson.In(resolution).ReleaseNote);
            await audit.AddAuditAsync(AdminRequest.ContextOf(caller, clock, reason), "reservations.release", path, null, note, CancellationToken.None);
        }

        var (released, problem) = await ReleaseAllAsync(path, filter, now, matching);
        // Others may check, and release too, meanwhile: what is left is what is open now.
        return problem ?? await context.AnswerAsync(new ReleaseAllResponse(path, released, await LeftAsync(path, filter, now)));
    }

    private async Task<(long Released, Problem? Problem)> ReleaseAllAsync(string path, ReservationFilter filter, DateTimeOffset now, ImmutableArray<ReservationReply> matching)
    {
        var asked = new HashSet<Guid>();
        var released = 0L;
        var startedAt = clock.GetTimestamp();
        while (clock.GetElapsedTime(startedAt) < _releaseFor)
        {
            var open = matching.Where(r => asked.Add(r.Key)).ToImmutableArray();
            if (open.IsEmpty) break;
            foreach (var some in open.Chunk(ReleasedAtOnce))
            {
                var outcomes = await Task.WhenAll(some.Select(r => checks.ReleaseAsync(IdOf(r), CancellationToken.None)));
                released += outcomes.Count(o => o.Ended);
                if (outcomes.Any(o => o.Status == ReleaseStatus.Unavailable))
                {
                    return (released, new Problem(ApiCode.LedgerUnavailable, $"{released} are released; repeat the request for the rest."));
                }

                if (clock.GetElapsedTime(startedAt) >= _releaseFor) break;
            }

            matching = await MatchingAsync(path, filter, now);
        }

        return (released, null);
    }

    private async Task<ImmutableArray<ReservationReply>> MatchingAsync(string path, ReservationFilter filter, DateTimeOffset now) =>
        [.. (await nodes.ViewAsync(path, MaxRead)).Reservations.Where(r => filter.Matches(r, now))];

    /// <summary>Of all of them the node has the number; of some they are counted.</summary>
    private async Task<long> LeftAsync(string path, ReservationFilter filter, DateTimeOffset now) =>
        filter.IsAny ? (await nodes.ViewAsync(path, 0)).Open : (await MatchingAsync(path, filter, now)).Length;

    private static Problem? Target(QueryReader query, ApiKey caller, out string path)
    {
        var asked = query.CostCenter("cost_center");
        path = asked?.Path ?? caller.Subtree.CostCenter ?? "";
        if (path.Length == 0 && !query.Faults.Any) query.Faults.Add("cost_center", "is required");
        return query.Problem() ?? caller.See(path);
    }

    private static ReservationId IdOf(ReservationReply reply) =>
        new(reply.Owner, reply.User, reply.Date, new Stamp(reply.Attempt), reply.Key);

    /// <summary>19 digits, so that text order is the order asked for.</summary>
    private static string KeyOf(ReservationReply reply, string sort)
    {
        var rank = sort switch { Newest => DateTimeOffset.MaxValue.UtcTicks - reply.CreatedAt.UtcTicks, Largest => long.MaxValue - reply.Left, _ => reply.CreatedAt.UtcTicks };
        return rank.ToString("D19", CultureInfo.InvariantCulture) + reply.Key.ToString("N", CultureInfo.InvariantCulture);
    }
}
