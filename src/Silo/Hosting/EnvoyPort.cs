using BudgetEngine.Envoy.Hosting;
using BudgetEngine.Silo.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BudgetEngine.Silo.Hosting;

/// <summary>The port on which Envoy's services are served: HTTP/2 from the first byte, since clear text has no way to agree on it.</summary>
internal static class EnvoyPort
{
    private const string UrlKey = $"{EnvoyOptions.Section}:{nameof(EnvoyOptions.Url)}";

    /// <summary>Where the server listens if nothing says where.</summary>
    private const string DefaultUrl = "http://localhost:5000";

    /// <summary>Listens there too; false: it is not configured.</summary>
    /// <exception cref="FormatException">It is no address, or the port is taken by the API.</exception>
    public static bool Listen(WebApplicationBuilder builder)
    {
        if (builder.Configuration[UrlKey] is not { Length: > 0 } url) return false;
        string[] others = ListenAddresses.Of(builder.Configuration) is { Length: > 0 } given ? given : [DefaultUrl];
        var port = BindingAddress.Parse(url).Port;
        if (others.Any(o => port != 0 && BindingAddress.Parse(o).Port == port)) throw new FormatException($"Invalid url: {UrlKey} '{url}'; its port must be its own, since clear text cannot share one between HTTP/1.1 and HTTP/2.");
        builder.Configuration[WebHostDefaults.ServerUrlsKey] = string.Join(';', [.. others, url]);
        ListenAddresses.Check(builder.Configuration);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint =>
        {
            if (endpoint.IPEndPoint?.Port == port) endpoint.Protocols = HttpProtocols.Http2;
        }));
        return true;
    }
}
