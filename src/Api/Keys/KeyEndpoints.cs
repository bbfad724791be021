using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Gateway;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Catalogs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Keys;

/// <summary><c>/v1/keys</c>. Nobody gives scopes or a subtree that they lack; keys outside of the caller's subtree are as unknown as none.</summary>
internal sealed class KeyEndpoints(Gate gate, ILedgerKeys ledger, Catalog catalog, TimeProvider clock, BodyReader bodies, IOptions<KeysOptions> keys) : IEndpoints
{
    private readonly SubtreeShares _shares = keys.Value.ToShares();

    /// <summary>Writes that others win before a patch gives up.</summary>
    private const int MaxPatchAttempts = 5;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/keys", gate.Guard(Scopes.Admin, ListAsync))
            .WithMetadata(new Operation(Tags.Keys, "Keys of the subtree", "Scope: admin.")
                .Takes(Parameter.Limit, Parameter.Cursor).Gives<PageResponse<KeyResponse>>());
        routes.MapPost("/v1/keys", gate.Guard(Scopes.Admin, CreateAsync))
            .WithMetadata(new Operation(Tags.Keys, "Make a key", "Scope: admin.")
                .Takes(Parameter.Reason).Reads<KeyRequest>().Gives<NewKeyResponse>(StatusCodes.Status201Created, "Made"));
        routes.MapGet("/v1/keys/self", gate.Guard(Scopes.None, SelfAsync))
            .WithMetadata(new Operation(Tags.Keys, "The caller's own key", "Scope: any.")
                .Gives(StatusCodes.Status200OK, "Done", Operation.Json, typeof(KeyResponse), typeof(CallerResponse)));
        routes.MapPatch("/v1/keys/{id}", gate.Guard(Scopes.Admin, PatchAsync))
            .WithMetadata(new Operation(Tags.Keys, "Change name, expiry or profile", "Scope: admin.")
                .Takes(Parameter.Reason).Reads<KeyPatchRequest>(Operation.Json, Operation.MergePatch).Gives<KeyResponse>());
        routes.MapDelete("/v1/keys/{id}", gate.Guard(Scopes.Admin, RevokeAsync))
            .WithMetadata(new Operation(Tags.Keys, "Revoke", "Scope: admin.").Takes(Parameter.Reason).GivesNothing());
    }

    private async Task<Problem?> ListAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var limit = query.Limit();
        var after = query.Cursor(1, out var badCursor);
        if ((query.Problem() ?? badCursor) is { } problem) return problem;
        var page = catalog.Current.Keys.Where(k => caller.MaySee(k) && (after is null || string.CompareOrdinal(k.Id, after[0]) > 0))
            .OrderBy(k => k.Id, StringComparer.Ordinal).Take(limit + 1).ToList();
        return await context.AnswerAsync(Page.Of(page, limit, KeyResponse.Of, static k => Cursors.Write(k.Id)));
    }

    private async Task<Problem?> CreateAsync(HttpContext context, ApiKey caller)
    {
        var draft = new KeyDraft(isPatch: false);
        var faults = new FaultList();
        if (await JsonBody.ReadAsync(context, bodies, draft, KeyDraft.Read, faults) is { } unreadable) return unreadable;
        var now = clock.GetUtcNow();
        draft.CheckNew(now, faults);
        var reason = AdminRequest.ReasonOf(context, draft.Reason, faults);
        if (faults.ToProblem() is { } problem) return problem;
        if (draft.CostCenter is { } costCenter ? caller.See(costCenter.Path) is { } : !caller.IsWholeInstallation)
        {
            return new Problem(ApiCode.OutsideSubtree, $"Nobody gives a subtree that they lack: cost_center must be '{caller.Subtree.CostCenter}' or below.");
        }

        // Without a time of its own a key ends with the one that makes it.
        var expiresAt = draft.ExpiresAt ?? caller.ExpiresAt;
        if (!caller.Outlives(expiresAt)) return EndsSooner(caller);
        var (text, key) = NewKeys.Make(draft.Name!, draft.Scopes, draft.CostCenter?.Path, expiresAt, draft.HasGateway ? draft.Gateway.ToJson() : null, caller.Id, now);
        var claim = new ShareClaim(caller.Subtree.CostCenter, _shares);
        if (!await ledger.InsertKeyAsync(key, claim, AdminRequest.ContextOf(caller, clock, reason), CancellationToken.None)) return TooMany(caller);
        await catalog.RefreshAsync(CancellationToken.None);
        context.Response.Headers.CacheControl = "no-store";
        return await context.AnswerAsync(new NewKeyResponse(KeyResponse.Of(key), text), StatusCodes.Status201Created);
    }

    private async Task<Problem?> SelfAsync(HttpContext context, ApiKey caller)
    {
        var stored = catalog.Current.Keys.FirstOrDefault(k => k.Id == caller.Id);
        return stored is not null ? await context.AnswerAsync(KeyResponse.Of(stored)) : await context.AnswerAsync(CallerResponse.Of(caller));
    }

    private async Task<Problem?> PatchAsync(HttpContext context, ApiKey caller)
    {
        if (Find(context, caller) is not { RevokedAt: null }) return Unknown;
        var body = await JsonBody.OpenAsync(context, bodies);
        if (body.Problem is not null) return body.Problem;
        try
        {
            for (var attempt = 1; attempt <= MaxPatchAttempts; attempt++)
            {
                // The patch stands on the key as it is now, not as it was before the body came.
                if (Find(context, caller) is not { RevokedAt: null } key) return Unknown;
                if (ReadPatch(context, body, key, caller, out var patched, out var reason) is { } refused) return refused;
                var replaced = await ledger.ReplaceKeyAsync(key, patched, AdminRequest.ContextOf(caller, clock, reason), CancellationToken.None);
                await catalog.RefreshAsync(CancellationToken.None);
                if (replaced) return await context.AnswerAsync(KeyResponse.Of(patched));
            }

            return new Problem(ApiCode.Overloaded, "Others are changing the key: repeat the request.");
        }
        finally
        {
            body.Release();
        }
    }

    private Problem? ReadPatch(HttpContext context, in WholeBody body, StoredKey key, ApiKey caller, out StoredKey patched, out string? reason)
    {
        (patched, reason) = (key, null);
        var draft = new KeyDraft(isPatch: true)
        {
            Name = key.Name, ExpiresAt = key.ExpiresAt, HasGateway = key.GatewayJson is not null, Gateway = GatewayProfile.FromJson(key.GatewayJson),
        };
        var faults = new FaultList();
        if (JsonBody.Read(context, body, draft, KeyDraft.Read, faults) is { } unreadable) return unreadable;
        if (draft.Name is null && !faults.Any) faults.Add("name", "cannot be taken away");
        if (draft.ExpiresAt != key.ExpiresAt) draft.CheckExpiry(clock.GetUtcNow(), faults);
        reason = AdminRequest.ReasonOf(context, draft.Reason, faults);
        if (faults.ToProblem() is { } problem) return problem;
        patched = key with { Name = draft.Name!, ExpiresAt = draft.ExpiresAt, GatewayJson = draft.HasGateway ? draft.Gateway.ToJson() : null };
        return caller.Outlives(key.ExpiresAt) && caller.Outlives(patched.ExpiresAt) ? null : EndsSooner(caller);
    }

    private async Task<Problem?> RevokeAsync(HttpContext context, ApiKey caller)
    {
        if (Find(context, caller) is not { } key) return Unknown;
        var faults = new FaultList();
        var reason = AdminRequest.ReasonOf(context, null, faults);
        if (faults.ToProblem() is { } problem) return problem;
        if (!caller.Outlives(key.ExpiresAt)) return EndsSooner(caller);
        if (!await ledger.RevokeKeyAsync(key.Id, AdminRequest.ContextOf(caller, clock, reason), CancellationToken.None)) return Unknown;
        await catalog.RefreshAsync(CancellationToken.None);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return null;
    }

    private StoredKey? Find(HttpContext context, ApiKey caller)
    {
        var id = (string?)context.Request.RouteValues["id"];
        return catalog.Current.Keys.FirstOrDefault(k => k.Id == id && caller.MaySee(k));
    }

    /// <summary>Nobody gives what they lack, and that includes time: a key that ends makes, changes and revokes none that would be there after it.</summary>
    private static Problem EndsSooner(ApiKey caller) => new(
        ApiCode.KeyEndsSooner, $"The key of this request ends at {TimeText.Of(caller.ExpiresAt!.Value)}: it may make, change and revoke only keys that end by then.");

    private Problem TooMany(ApiKey caller) => new(
        ApiCode.QuotaExceeded, $"Too many keys, those counted that were revoked or have expired within the retention. {_shares.Describe(caller.Subtree.CostCenter)}");

    private static readonly Problem Unknown = new(ApiCode.UnknownKey, "There is no key with this id.");
}
