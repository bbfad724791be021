using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Keys;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.OpenApi;

/// <summary>
/// The OpenAPI document, made once from the endpoints: what each says of itself (<see cref="Operation"/>), and the schemas of the records that it reads and
/// answers. Endpoints are plain request delegates over the pipe, of which the API explorer of ASP.NET Core, and so its OpenAPI package, sees nothing.
/// </summary>
internal sealed class OpenApiDocument(EndpointDataSource endpoints)
{
    private readonly Lazy<byte[]> _bytes = new(() => Encoding.UTF8.GetBytes(Make(endpoints.Endpoints.OfType<RouteEndpoint>()).ToJsonString()));

    public ReadOnlyMemory<byte> Bytes => _bytes.Value;

    private static JsonObject Make(IEnumerable<RouteEndpoint> endpoints)
    {
        var schemas = new OpenApiSchemas();
        var paths = new JsonObject();
        foreach (var endpoint in endpoints)
        {
            if (endpoint.Metadata.GetMetadata<Operation>() is not { } operation) continue;
            var path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/').Replace("**", "", StringComparison.Ordinal);
            if (!paths.ContainsKey(path)) paths[path] = new JsonObject();
            foreach (var method in operation.IsOfAnyMethod ? [HttpMethods.Get] : endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods)
            {
                paths[path]![method.ToLowerInvariant()] = Of(operation, endpoint, IdOf(method, path), schemas);
            }
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "BudgetEngine",
                ["version"] = "v1",
                ["description"] = "Budgets for AI spend: check before a request, record after it. Amounts are exact decimals of the installation's currency; times RFC 3339; "
                    + "names at the end of a path take their slashes plain or as %2F.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "http://127.0.0.1:8080" }),
            ["security"] = new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }, new JsonObject { ["budgetKey"] = new JsonArray() }),
            ["tags"] = new JsonArray([.. Tags.All.Select(tag => new JsonObject { ["name"] = tag.Name, ["description"] = tag.Description })]),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
                    ["budgetKey"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = Gate.KeyHeader },
                },
                ["responses"] = new JsonObject
                {
                    ["Problem"] = new JsonObject { ["description"] = "A problem", ["content"] = Content((Problem.ContentType, schemas.Of(typeof(ProblemResponse)))) },
                },
                ["schemas"] = schemas.All(),
            },
        };
    }

    /// <summary>What a generated client calls it: <c>put_budgets_cost_center</c>.</summary>
    private static string IdOf(string method, string path)
    {
        var words = path.Replace("/v1/", "/", StringComparison.Ordinal).Split(['/', '{', '}', '-', '.'], StringSplitOptions.RemoveEmptyEntries);
        return $"{method.ToLowerInvariant()}_{string.Join('_', words)}";
    }

    private static JsonObject Of(Operation operation, RouteEndpoint endpoint, string id, OpenApiSchemas schemas)
    {
        var json = new JsonObject { ["operationId"] = id, ["summary"] = operation.Summary, ["tags"] = new JsonArray(operation.Tag) };
        if (operation.Description is { } description) json["description"] = description;
        if (operation.IsPublic) json["security"] = new JsonArray();
        var parameters = endpoint.RoutePattern.Parameters.Select(p => Parameter.OfPath(p.Name, p.IsCatchAll)).Concat(operation.Parameters).ToList();
        if (parameters.Count > 0) json["parameters"] = new JsonArray([.. parameters.Select(p => p.ToJson())]);
        if (!operation.Bodies.IsEmpty)
        {
            var bodies = operation.Bodies.GroupBy(b => b.ContentType, b => b.Type).Select(b => (b.Key, schemas.OfAny([.. b])));
            var content = Content([.. bodies]);
            if (operation.Example is { } example) content.First().Value!["example"] = JsonNode.Parse(example);
            json["requestBody"] = new JsonObject { ["required"] = true, ["content"] = content };
        }

        var answers = new JsonObject();
        foreach (var ofStatus in operation.Answers.GroupBy(a => a.Status.ToString(CultureInfo.InvariantCulture))) answers[ofStatus.Key] = Of([.. ofStatus], schemas);
        answers["default"] = new JsonObject { ["$ref"] = "#/components/responses/Problem" };
        json["responses"] = answers;
        return json;
    }

    private static JsonObject Of(IReadOnlyList<DescribedAnswer> contents, OpenApiSchemas schemas)
    {
        var json = new JsonObject { ["description"] = contents[0].Description };
        if (!contents[0].Types.IsEmpty) json["content"] = Content([.. contents.Select(c => (c.ContentType, schemas.OfAny(c.Types)))]);
        if (contents[0].Headers is { IsEmpty: false } headers)
        {
            var described = headers.Select(name => KeyValuePair.Create(name, (JsonNode?)new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } }));
            json["headers"] = new JsonObject(described);
        }

        return json;
    }

    private static JsonObject Content(params ReadOnlySpan<(string Type, JsonNode Schema)> contents)
    {
        var json = new JsonObject();
        foreach (var (type, schema) in contents) json[type] = new JsonObject { ["schema"] = schema };
        return json;
    }
}
