namespace BudgetEngine.Envoy.Hosting;

/// <summary>Envoy's external authorization and rate limit service.</summary>
public sealed class EnvoyOptions
{
    public const string Section = "Envoy";

    /// <summary>
    /// Where both are served over gRPC, on a port of its own, since HTTP/2 without TLS shares none: <c>http://0.0.0.0:8082</c>. Default: not at all.
    /// </summary>
    public string? Url { get; set; }
}
