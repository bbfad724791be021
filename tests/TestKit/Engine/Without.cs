using System.Text.Json;
using System.Text.Json.Nodes;

namespace BudgetEngine.TestKit.Engine;

public static class Without
{
    /// <summary>The same object as JSON, without members that are null.</summary>
    public static JsonObject Nulls(object value)
    {
        var json = JsonSerializer.SerializeToNode(value)!.AsObject();
        foreach (var name in json.Where(p => p.Value is null).Select(p => p.Key).ToList()) json.Remove(name);
        return json;
    }
}
