using System.Text.Json.Nodes;
using BudgetEngine.Api.Gateway;
using BudgetEngine.Deploy.Harness;
using BudgetEngine.Deploy.Yaml;

namespace BudgetEngine.Deploy.Gateway;

/// <summary>The configurations of proxies that are not started here: every header that we read or write is set or deleted before the engine is asked, and again where its answer leaves it out.</summary>
public sealed class ProxyConfigTests
{
    private const string ExtAuthz = "envoy.filters.http.ext_authz";

    private static readonly string[] _ours =
    [
        .. GatewayProfile.InputHeaders, "X-Budget-Key", "X-Budget-Decision", "X-Budget-Reservation", "X-Budget-Remaining", "X-Budget-Utilization", "X-Budget-Currency", "X-Budget-Code",
        "X-Budget-Reset", "X-Budget-Cost",
    ];

    [Fact]
    public void Traefik_EveryRouter_SetsOrDeletesAllOfOurs_BeforeItAsks()
    {
        var http = YamlText.ReadFile(Files.Deploy("gateways", "traefik", "dynamic.yml"))["http"]!;
        var middlewares = http["middlewares"]!.AsObject();
        var asks = middlewares["budget"]!["forwardAuth"]!;
        Assert.Equal("(?i)^x-budget-", (string)asks["authResponseHeadersRegex"]!);
        Assert.All(http["routers"]!.AsObject(), router =>
        {
            var order = router.Value!["middlewares"]!.AsArray().Select(m => (string)m!).ToList();
            Assert.Equal([router.Key, "ours", "budget", "upstream"], order);
            var set = order.TakeWhile(m => m != "budget").SelectMany(m => middlewares[m]!["headers"]!["customRequestHeaders"]!.AsObject()).ToDictionary(h => h.Key, h => (string)h.Value!);
            AssertAllOfOurs(set.Keys);
            // Only what is sent on is the proxy's own word.
            Assert.Equal(["X-Budget-Key", "X-Cost-Center", "X-User-ID"], set.Where(h => h.Value.Length > 0).Select(h => h.Key).Order());
        });
        Assert.Equal("", (string)middlewares["upstream"]!["headers"]!["customRequestHeaders"]!["Authorization"]!);
        Assert.DoesNotContain("Authorization", asks["authRequestHeaders"]!.AsArray().Select(h => (string)h!));
    }

    [Fact]
    public void Envoy_DeletesAllOfOurs_BeforeItAsks()
    {
        var (filters, _, routes) = Envoy();
        Assert.Equal(
            ["envoy.filters.http.header_mutation", ExtAuthz, "envoy.filters.http.header_to_metadata", "envoy.filters.http.router"], filters.Select(f => (string)f["name"]!));
        AssertAllOfOurs(filters[0]["typed_config"]!["mutations"]!["request_mutations"]!.AsArray().Select(m => (string)m!["remove"]!));
        Assert.False((bool)filters[1]["typed_config"]!["failure_mode_allow"]!);
        Assert.Equal("x-budget-key", (string)filters[1]["typed_config"]!["grpc_service"]!["initial_metadata"]![0]!["key"]!);
        foreach (var route in routes)
        {
            var authorization = route["typed_per_filter_config"]![ExtAuthz]!;
            // Either it is asked for somebody, or nothing passes.
            if (route["direct_response"] is not null) Assert.True((bool)authorization["disabled"]!);
            else Assert.All(authorization["check_settings"]!["context_extensions"]!.AsObject(), e => Assert.Contains(GatewayProfile.InputHeaders, h => h.Equals(e.Key, StringComparison.OrdinalIgnoreCase)));
        }
    }

    [Fact]
    public void GatewayApi_EveryRule_SetsOrDeletesAllOfOurs_BeforeItAsks()
    {
        var rules = YamlText.ReadAll(Files.Text("deploy", "gateways", "gateway-api", "budget.yaml"))[0]!["spec"]!["rules"]!.AsArray();
        Assert.NotEmpty(rules);
        Assert.All(rules, rule =>
        {
            var filters = rule!["filters"]!.AsArray();
            Assert.Equal(["RequestHeaderModifier", "ExternalAuth", "ResponseHeaderModifier"], filters.Select(f => (string)f!["type"]!));
            var modifier = filters[0]!["requestHeaderModifier"]!;
            AssertAllOfOurs(modifier["set"]!.AsArray().Select(h => (string)h!["name"]!).Concat(modifier["remove"]!.AsArray().Select(h => (string)h!)));
            Assert.True(modifier["remove"]!.AsArray().Count <= 16);
            Assert.Contains("X-Budget-Key", rule["backendRefs"]![0]!["filters"]![0]!["requestHeaderModifier"]!["remove"]!.AsArray().Select(h => (string)h!));
        });
    }

    private static void AssertAllOfOurs(IEnumerable<string> names)
    {
        var there = names.ToHashSet(StringComparer.OrdinalIgnoreCase);
        Assert.All(_ours, h => Assert.Contains(h, there));
    }

    private static (List<JsonNode> Filters, JsonNode Log, List<JsonNode> Routes) Envoy()
    {
        var listener = YamlText.ReadFile(Files.Deploy("gateways", "envoy", "envoy.yaml"))["static_resources"]!["listeners"]![0]!;
        var manager = listener["filter_chains"]![0]!["filters"]![0]!["typed_config"]!;
        return ([.. manager["http_filters"]!.AsArray().Select(f => f!)], manager["access_log"]![0]!["typed_config"]!["log_format"]!["json_format"]!,
            [.. manager["route_config"]!["virtual_hosts"]![0]!["routes"]!.AsArray().Select(r => r!)]);
    }
}
