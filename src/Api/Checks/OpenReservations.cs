using System.Collections.Immutable;
using System.Globalization;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.Budgets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Checks;

/// <summary>Open reservations of a cost center and everything below: list, and release as a whole. The node itself knows them all, as holds.</summary>
internal sealed class OpenReservations(Gate gate, LiveNodes nodes, CheckService checks, TimeProvider clock) : IEndpoints
{
    /// <summary>Reservations read from a node for a list or one step of a release.</summary>
    public const int MaxRead = 10_000;

    /// <summary>Released at the same time: each is a turn of its owner and of every cost center above, and other calls have their turns between.</summary>
    private const int ReleasedAtOnce = 256;

    /// <summary>After this long no further step begins, and the answer says how many are left.</summary>
    private static readonly TimeSpan _releaseFor = TimeSpan.FromSeconds(20);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/reservations", gate.GuardRead(Scopes.Check | Scopes.Read, ListAsync))
            .WithMetadata(new Operation(Tags.Check, "Open reservations at and below a cost center", "Scope: check or read.")
                .Takes(Parameter.CostCenter, Parameter.Limit, Parameter.Cursor).Gives<PageResponse<ReservationResponse>>());
        routes.MapDelete("/v1/reservations", gate.Guard(Scopes.Admin, ReleaseAllAsync))
            .WithMetadata(new Operation(Tags.Check, "Release all open reservations at and below a cost center", "Scope: admin.")
                .Takes(Parameter.CostCenter).Gives<ReleaseAllResponse>());
    }

    public static ReservationView ViewOf(ReservationReply reply, CheckService checks) => new(
        checks.TextOf(IdOf(reply)), reply.State, reply.Owner, reply.User, reply.Model, reply.RequestId, new Money(reply.Granted),
        new Money(reply.Left), new Money(reply.Settled), reply.CreatedAt, reply.ExpiresAt);

    private async Task<Problem?> ListAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var limit = query.Limit();
        var after = query.Cursor(2, out var problem);
        if ((Target(query, caller, out var path) ?? problem) is { } refused) return refused;
        var view = await nodes.ViewAsync(path, MaxRead);
        if (!view.Exists && view.Open == 0) return new Problem(ApiCode.UnknownCostCenter, $"There is no cost center '{path}'.");
        var page = view.Reservations.Select(r => (Reply: r, Key: KeyOf(r)))
            .OrderBy(r => r.Key, StringComparer.Ordinal)
            .Where(r => after is null || string.CompareOrdinal(r.Key, after[0] + after[1]) > 0)
            .Take(limit + 1).ToList();
        return await context.AnswerAsync(Page.Of(page, limit, r => ReservationResponse.Of(ViewOf(r.Reply, checks)), r => Cursors.Write(r.Key[..19], r.Key[19..])));
    }

    private async Task<Problem?> ReleaseAllAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        if (Target(query, caller, out var path) is { } refused) return refused;
        var asked = new HashSet<Guid>();
        var released = 0L;
        var startedAt = clock.GetTimestamp();
        while (clock.GetElapsedTime(startedAt) < _releaseFor)
        {
            var open = (await nodes.ViewAsync(path, MaxRead)).Reservations.Where(r => asked.Add(r.Key)).ToImmutableArray();
            if (open.IsEmpty) break;
            foreach (var some in open.Chunk(ReleasedAtOnce))
            {
                var outcomes = await Task.WhenAll(some.Select(r => checks.ReleaseAsync(IdOf(r), CancellationToken.None)));
                released += outcomes.Count(o => o.Ended);
                if (outcomes.Any(o => o.Status == ReleaseStatus.Unavailable)) return new Problem(ApiCode.LedgerUnavailable, $"{released} are released; repeat the request for the rest.");
                if (clock.GetElapsedTime(startedAt) >= _releaseFor) break;
            }
        }

        // Others may check, and release too, meanwhile: what is left is what is open now.
        var left = (await nodes.ViewAsync(path, 0)).Open;
        return await context.AnswerAsync(new ReleaseAllResponse(path, released, left));
    }

    private static Problem? Target(QueryReader query, ApiKey caller, out string path)
    {
        var asked = query.CostCenter("cost_center");
        path = asked?.Path ?? caller.Subtree.CostCenter ?? "";
        if (path.Length == 0 && !query.Faults.Any) query.Faults.Add("cost_center", "is required");
        return query.Problem() ?? caller.See(path);
    }

    private static ReservationId IdOf(ReservationReply reply) =>
        new(reply.Owner, reply.User, reply.Date, new Stamp(reply.Attempt), reply.Key);

    /// <summary>Oldest first; 19 digits, so that text order is time order.</summary>
    private static string KeyOf(ReservationReply reply) =>
        reply.CreatedAt.UtcTicks.ToString("D19", CultureInfo.InvariantCulture) + reply.Key.ToString("N", CultureInfo.InvariantCulture);
}
