using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace BudgetEngine.Api.Keys;

/// <summary>Answers a request whose caller is known; returns the problem to answer, or null when it has answered.</summary>
internal delegate Task<Problem?> Handler(HttpContext context, ApiKey caller);

/// <summary>Finds the caller of a request and its rights.</summary>
internal sealed class Gate(KeyRing ring, TimeProvider clock, ReadShares reads)
{
    public const string KeyHeader = "X-Budget-Key";

    private static readonly Problem KeyRequired = new(ApiCode.KeyRequired, "Send a key as 'Authorization: Bearer <key>' or 'X-Budget-Key: <key>'.");
    internal static readonly Problem InvalidKey = new(ApiCode.InvalidKey, "The key is unknown, revoked or expired.");

    /// <summary>The caller, by <c>X-Budget-Key</c> or else <c>Authorization: Bearer</c>: a gateway that passes its client's credentials on adds its own key beside them.</summary>
    public Problem? Enter(HttpContext context, Scopes needed, out ApiKey caller) => Enter(context, needed, mayHaveEnded: false, out caller);

    private Problem? Enter(HttpContext context, Scopes needed, bool mayHaveEnded, out ApiKey caller)
    {
        caller = ApiKey.Open;
        var headers = context.Request.Headers;
        var own = headers[KeyHeader];
        if (own.Count > 0) return own.Count == 1 ? Admit(own[0], needed, mayHaveEnded, ref caller) : InvalidKey;
        var authorization = headers.Authorization;
        if (authorization.Count == 0) return ring.IsOpen && OpenMode.Admits(context) ? null : KeyRequired;
        const string bearer = "Bearer ";
        return authorization.Count == 1 && authorization[0] is { } text && text.StartsWith(bearer, StringComparison.OrdinalIgnoreCase)
            ? Admit(text.AsSpan(bearer.Length).Trim(), needed, mayHaveEnded, ref caller)
            : InvalidKey;
    }

    /// <summary>The caller by <c>X-Budget-Key</c> alone: behind a gateway <c>Authorization</c> is the end client's.</summary>
    public Problem? EnterGateway(HttpContext context, out ApiKey caller) => EnterGateway(context, context.Request.Headers[KeyHeader], out caller);

    /// <param name="own">The gateway's key, from wherever only the gateway can write.</param>
    public Problem? EnterGateway(HttpContext context, StringValues own, out ApiKey caller)
    {
        caller = ApiKey.Open;
        if (own.Count == 0) return ring.IsOpen && OpenMode.Admits(context) ? null : KeyRequired;
        return own.Count == 1 ? Admit(own[0], Scopes.Check, mayHaveEnded: false, ref caller) : InvalidKey;
    }

    /// <summary>A request delegate for a handler behind this gate. Made once per endpoint.</summary>
    public RequestDelegate Guard(Scopes needed, Handler handler)
    {
        var admission = needed == Scopes.Admin ? new Admission(this, needed) : null;
        return async context =>
        {
            if (admission is not null) context.Features.Set(admission);
            var problem = Enter(context, needed, out var caller) ?? await handler(context, caller);
            if (problem is not null) await problem.WriteAsync(context);
        };
    }

    /// <summary>
    /// The same for what ends reservations: a key that has ended may still do that, as long as one that was made while it was in force may be open, since the money is spent. Such
    /// a caller is marked (<see cref="ApiKey.HasEnded"/>), and the handler lets him do nothing else.
    /// </summary>
    public RequestDelegate GuardEnding(Scopes needed, Handler handler) => async context =>
    {
        var problem = Enter(context, needed, mayHaveEnded: true, out var caller) ?? await handler(context, caller);
        if (problem is not null) await problem.WriteAsync(context);
    };

    /// <summary>Of a caller who was admitted: his key is not in force, or not any more. While a body comes it may end. Who came without a key has none that could.</summary>
    public bool HasEnded(HttpContext context, ApiKey caller) => caller.Id != ApiKey.Open.Id && Enter(context, Scopes.None, out _) is not null;

    /// <summary>The same for what reads the ledger for people, and may take long over it: each key has its share of that.</summary>
    public RequestDelegate GuardRead(Scopes needed, Handler handler) => Guard(needed, (context, caller) => reads.RunAsync(context, caller, handler));

    private Problem? Admit(ReadOnlySpan<char> key, Scopes needed, bool mayHaveEnded, ref ApiKey caller)
    {
        var now = clock.GetUtcNow();
        if (!ring.TryFind(key, out var found)) return InvalidKey;
        if (!found.IsInForce(now))
        {
            if (!mayHaveEnded || !found.Has(needed) || !found.MayHoldStill(now)) return InvalidKey;
            caller = found with { HasEnded = true };
            return null;
        }

        caller = found;
        return needed == Scopes.None || found.Has(needed) ? null
            : new Problem(ApiCode.MissingScope, $"The key lacks the scope {string.Join(" or ", ScopeWords.WordsOf(needed))}.");
    }
}
