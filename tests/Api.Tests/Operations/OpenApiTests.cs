using System.Text.Json.Nodes;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Tests.Harness;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Api.Tests.Operations;

[Collection(nameof(OpenHost))]
public class OpenApiTests(OpenHost host)
{
    private static readonly string[] AnyMethod = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"];

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
