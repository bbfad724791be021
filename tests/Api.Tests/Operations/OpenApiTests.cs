using System.Text.Json.Nodes;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Tests.Harness;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Api.Tests.Operations;

[Collection(nameof(OpenHost))]
public class OpenApiTests(OpenHost host)
{
    /// <summary>A route of any method is described once.</summary>
    private static readonly string[] AnyMethod = ["GET"];

    [Fact]
    public async Task Description_AndMappedRoutes_AreTheSame()
    {
        var document = (await host.Api.SendAsync("GET", "/openapi/v1.json")).Expect(System.Net.HttpStatusCode.OK).Json;
        var described = document["paths"]!.AsObject()
            .SelectMany(p => p.Value!.AsObject().Where(m => m.Key != "parameters").Select(m => $"{m.Key.ToUpperInvariant()} {p.Key}")).Order().ToList();
        var mapped = host.Api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(IsOfTheApi).SelectMany(Operations).Order().ToList();
        Assert.Equal(mapped, described);
    }

    [Fact]
    public async Task Description_NamesEveryCode()
    {
        var document = (await host.Api.SendAsync("GET", "/openapi/v1.json")).Json;
        var codes = document["components"]!["schemas"]!["Problem"]!["properties"]!["code"]!["enum"]!.AsArray().Select(c => (string)c!).Order();
        Assert.Equal(ApiCode.Table.Keys.Order(), codes);
    }

    [Fact]
    public async Task Authorize_WithItsCatchAll_IsOneEntry()
    {
        var paths = (await host.Api.SendAsync("GET", "/openapi/v1.json")).Json["paths"]!.AsObject();
        Assert.Equal(["get"], Assert.Single(paths, p => p.Key.StartsWith("/v1/authorize", StringComparison.Ordinal)).Value!.AsObject().Select(m => m.Key));
    }

    [Fact]
    public async Task Operations_AllHaveAChapterThatIsDescribed_ASummaryAndANameOfTheirOwn()
    {
        var document = (await host.Api.SendAsync("GET", "/openapi/v1.json")).Json;
        var chapters = document["tags"]!.AsArray().ToDictionary(t => (string)t!["name"]!, t => (string)t!["description"]!);
        var operations = document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject()).Select(m => m.Value!).ToList();
        Assert.All(operations, o => Assert.Contains((string)o["tags"]![0]!, chapters.Keys));
        Assert.All(operations, o => Assert.NotEmpty((string)o["summary"]!));
        Assert.Equal(chapters.Keys.Order(), operations.Select(o => (string)o["tags"]![0]!).Distinct().Order());
        Assert.Equal(operations.Count, operations.Select(o => (string)o["operationId"]!).Distinct().Count());
    }

    [Fact]
    public async Task Examples_WorkAsTheyStand()
    {
        var document = (await host.Api.SendAsync("GET", "/openapi/v1.json")).Json;
        var shown = document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject().Select(m => (Path: p.Key, Method: m.Key.ToUpperInvariant(), Example: Example(m.Value!)))).Where(s => s.Example is not null).ToList();
        Assert.True(shown.Count >= 6, string.Join(", ", shown.Select(s => s.Path)));
        // Budgets and prices first: a check and a record of the examples need them. Only what has usage can be paused.
        foreach (var (path, method, example) in shown.OrderBy(s => s.Method == "PUT" ? 0 : s.Path == "/v1/usage" ? 1 : 2).ThenBy(s => s.Path, StringComparer.Ordinal))
        {
            var target = path.Replace("{cost_center}", "openapi/engineering", StringComparison.Ordinal).Replace("{model}", "openapi-model", StringComparison.Ordinal);
            var reply = await host.Api.SendAsync(method, target, example!.ToJsonString());
            Assert.True((int)reply.Status is >= 200 and < 300, $"{method} {path}: {reply.Body}");
        }

        static JsonNode? Example(JsonNode operation) => operation["requestBody"]?["content"]?.AsObject().First().Value!["example"];
    }

    [Fact]
    public async Task Description_HasNoDanglingReference()
    {
        var document = (await host.Api.SendAsync("GET", "/openapi/v1.json")).Json;
        foreach (var reference in References(document))
        {
            var target = reference.TrimStart('#', '/').Split('/').Aggregate((JsonNode?)document, (node, name) => node?[name]);
            Assert.True(target is not null, reference);
        }
    }

    /// <summary>Pages for people are no part of the contract; the root is, where links of alerts lead.</summary>
    private static bool IsOfTheApi(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null;

    private static IEnumerable<string> Operations(RouteEndpoint endpoint)
    {
        var path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/').Replace("**", "", StringComparison.Ordinal);
        var methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? AnyMethod;
        return methods.Select(m => $"{m} {path}");
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject o => o.SelectMany(p => p.Key == "$ref" ? [(string)p.Value!] : References(p.Value)),
        JsonArray a => a.SelectMany(References),
        _ => [],
    };
}
