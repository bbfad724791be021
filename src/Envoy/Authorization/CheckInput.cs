using BudgetEngine.Api.Gateway;
using BudgetEngine.Api.Keys;
using BudgetEngine.Envoy.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace BudgetEngine.Envoy.Authorization;

/// <summary>
/// What Envoy asks about a request. Its headers are the end client's unless Envoy overwrote them, so that the key's profile says which count. Its
/// <c>context_extensions</c> are Envoy's own configuration: those that are named like an input header count always, and before it.
/// </summary>
internal sealed class CheckInput
{
    private readonly AttributeContext.Types.HttpRequest _http;
    private readonly Dictionary<string, string> _extensions;

    public CheckInput(CheckRequest request)
    {
        _http = request.Attributes?.Request?.Http ?? new AttributeContext.Types.HttpRequest();
        _extensions = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in request.Attributes?.ContextExtensions ?? []) _extensions[name] = value;
    }

    /// <summary>The gateway's key, where the route's configuration has it and the call's own metadata does not.</summary>
    public StringValues Key => _extensions.TryGetValue(Gate.KeyHeader, out var key) ? key : default;

    public string? Header(string name) => Values(name) is [var value] ? value : null;

    /// <summary>Names of the request's headers, as they came.</summary>
    public IEnumerable<string> Names => _http.Headers.Keys.Concat(_http.HeaderMap?.Headers.Select(h => h.Key) ?? []);

    /// <summary>The caller that trusts what the configuration says, and the inputs.</summary>
    public (ApiKey Caller, IHeaderDictionary Inputs) Read(ApiKey caller)
    {
        var inputs = new HeaderDictionary();
        var said = new List<string>();
        foreach (var name in GatewayProfile.InputHeaders)
        {
            if (_extensions.TryGetValue(name, out var configured))
            {
                said.Add(name);
                inputs[name] = configured;
            }
            else if (Values(name) is { Length: > 0 } values)
            {
                inputs[name] = values;
            }
        }

        return said.Count == 0 ? (caller, inputs) : (caller with { Gateway = caller.Gateway with { Trust = [.. caller.Gateway.Trust, .. said] } }, inputs);
    }

    private string[] Values(string name)
    {
        var raw = _http.HeaderMap?.Headers.Where(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(h => h.RawValue.IsEmpty ? h.Value : h.RawValue.ToStringUtf8()).ToArray();
        if (raw is { Length: > 0 }) return raw;
        // A comma may join what came as two headers: then one of them may be the client's. Split, it is the fault that it would be over HTTP.
        return _http.Headers.TryGetValue(name.ToLowerInvariant(), out var joined) ? joined.Split(',') : [];
    }
}
