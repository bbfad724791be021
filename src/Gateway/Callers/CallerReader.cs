using System.Collections.Concurrent;
using System.Net;
using BudgetEngine.Client;
using BudgetEngine.Client.CostCenters;
using BudgetEngine.Client.Transport;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Gateway.Callers;

/// <summary>Reads who a request is for by the rules of the gateway dialect: a header counts only if the key's profile trusts it.</summary>
internal sealed class CallerReader(EngineClient engine, TimeProvider clock)
{
    private const string CostCenter = "X-Cost-Center";
    private const string User = "X-User-ID";
    private const string Session = "X-Session-ID";
    private const string DefaultCostCenter = "default";
    private const string Admin = "admin";

    /// <summary>Who may ask and not post could spend without end: nothing of it would be booked.</summary>
    private static readonly string[] Needed = ["check", "usage"];

    /// <summary>A changed profile counts after this. Revocation does not wait for it: the engine judges the key at every check.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(10);

    /// <summary>Beyond it all are forgotten and read again.</summary>
    private const int MaxKept = 10_000;

    private readonly ConcurrentDictionary<string, (KeyAnswer Key, long At)> _kept = new();

    /// <exception cref="BadHttpRequestException">A trusted header occurs twice.</exception>
    /// <exception cref="BudgetEngineException">The key is wrong, or may not both check and post usage.</exception>
    /// <exception cref="EngineUnavailableException">The engine does not answer, and has not told of this caller since it was last forgotten.</exception>
    public async Task<Caller> ReadAsync(HttpContext context)
    {
        var credentials = BudgetKey.Of(context);
        // Asked without a key too: who may not call at all is refused before the request is read. Without one only open mode serves, where every header counts.
        var key = await KeyAsync(credentials);
        if (!key.Scopes.Contains(Admin) && Needed.FirstOrDefault(s => !key.Scopes.Contains(s)) is { } missing)
        {
            throw new BudgetEngineException(HttpStatusCode.Forbidden, "missing_scope", $"This key may not call models: its scopes need {missing}.");
        }

        var scope = new BudgetScope(One(CostCenter) ?? key.CostCenter ?? DefaultCostCenter, One(User), One(Session));
        return new Caller(scope, credentials, key.Gateway?.DenyStatus);

        string? One(string header)
        {
            if (credentials.Key is not null && key.Gateway?.Trust?.Contains(header, StringComparer.OrdinalIgnoreCase) != true) return null;
            var values = context.Request.Headers[header];
            if (values.Count > 1) throw new BadHttpRequestException($"{header} must not occur twice.");
            return values.Count == 1 && values[0]?.Trim() is { Length: > 0 } value ? value : null;
        }
    }

    private async Task<KeyAnswer> KeyAsync(EngineCredentials credentials)
    {
        var name = BudgetKey.NameOf(credentials);
        var isKnown = _kept.TryGetValue(name, out var kept);
        if (isKnown && clock.GetElapsedTime(kept.At) < KeptFor) return kept.Key;
        try
        {
            kept = (await engine.Client.GetKeyAsync(credentials), clock.GetTimestamp());
        }
        catch (EngineUnavailableException) when (isKnown)
        {
            // Whether calls go on while the engine is away is the client's to decide, by Gateway:OnOutage.
            return kept.Key;
        }
        catch (BudgetEngineException)
        {
            // It was revoked, or has ended: in the next outage it is nobody's.
            _kept.TryRemove(name, out _);
            throw;
        }

        if (_kept.Count >= MaxKept) _kept.Clear();
        _kept[name] = kept;
        return kept.Key;
    }
}
