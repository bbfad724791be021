using System.Text.Json.Nodes;
using BudgetEngine.Api.Http;

namespace BudgetEngine.Api.OpenApi;

/// <summary>A parameter of the path, the query or the header, as the OpenAPI document tells it.</summary>
/// <param name="Schema">Makes it anew: a node has one parent.</param>
internal sealed record Parameter(string Name, string In, Func<JsonObject> Schema, string? Description = null, bool IsRequired = false)
{
    public const string CostCenterPattern = "^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}(/[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}){0,7}$";

    public static readonly Parameter Limit = new("limit", "query", () => new JsonObject
    {
        ["type"] = "integer", ["minimum"] = 1, ["maximum"] = QueryReader.MaxLimit, ["default"] = QueryReader.DefaultLimit,
    });

    public static readonly Parameter Cursor = Query("cursor");
    public static readonly Parameter CostCenter = new("cost_center", "query", CostCenterSchema);
    public static readonly Parameter Under = new("under", "query", CostCenterSchema);
    public static readonly Parameter User = new("user", "query", () => Text(TextRules.MaxUser));
    public static readonly Parameter Since = Bound("since");
    public static readonly Parameter EffectiveFrom = Formatted("effective_from", "date-time");
    public static readonly Parameter From = Bound("from") with { Description = "Inclusive; a date is one of the tenant's zone, an instant is compared with timestamps." };
    public static readonly Parameter To = Bound("to") with { Description = "Exclusive." };
    public static readonly Parameter FromDate = Formatted("from", "date") with { Description = "Inclusive, in the tenant's zone." };
    public static readonly Parameter ToDate = Formatted("to", "date") with { Description = "Exclusive." };
    public static readonly Parameter DryRun = new(
        "dry_run", "query", static () => new JsonObject { ["type"] = "boolean", ["default"] = false }, "Nothing is written: the answer is that of the write, with its warnings.");
    public static readonly Parameter Archived = new(
        "archived", "query", static () => new JsonObject { ["type"] = "boolean", ["default"] = false }, "With those that are archived; not by utilization.");
    public static readonly Parameter Reason = new(AdminRequest.ReasonHeader, "header", () => Text(TextRules.MaxReason));
    public static readonly Parameter IfMatch = Header("If-Match");
    public static readonly Parameter IfNoneMatch = Header("If-None-Match");

    public static Parameter Query(string name, string? description = null) => new(name, "query", static () => Text(), description);

    public static Parameter Header(string name, string? description = null) => new(name, "header", static () => Text(), description);

    public static Parameter Formatted(string name, string format) => new(name, "query", () => new JsonObject { ["type"] = "string", ["format"] = format });

    /// <summary>A date or an instant.</summary>
    private static Parameter Bound(string name) => new(name, "query", static () => new JsonObject
    {
        ["oneOf"] = new JsonArray(new JsonObject { ["type"] = "string", ["format"] = "date" }, new JsonObject { ["type"] = "string", ["format"] = "date-time" }),
    });

    public static Parameter OneOf(string name, params string[] words) => new(name, "query", () => new JsonObject { ["enum"] = new JsonArray([.. words.Select(w => (JsonNode)w)]) });

    /// <summary>A parameter of the path, by its name there.</summary>
    public static Parameter OfPath(string name, bool isCatchAll) => new(
        name, "path",
        name switch
        {
            "cost_center" => CostCenterSchema,
            "name" => static () => new JsonObject { ["type"] = "string", ["pattern"] = "^[a-z0-9][a-z0-9._-]{0,63}$" },
            _ => static () => Text(),
        },
        isCatchAll ? "May hold slashes, plain or as %2F." : null, IsRequired: true);

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["name"] = Name, ["in"] = In, ["schema"] = Schema() };
        if (IsRequired) json["required"] = true;
        if (Description is not null) json["description"] = Description;
        return json;
    }

    private static JsonObject CostCenterSchema() =>
        new() { ["type"] = "string", ["pattern"] = CostCenterPattern, ["examples"] = new JsonArray("acme/engineering/ai-features") };

    private static JsonObject Text(int? maxLength = null)
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (maxLength is { } most) schema["maxLength"] = most;
        return schema;
    }
}
