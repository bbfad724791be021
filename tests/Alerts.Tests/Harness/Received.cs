using System.Text;
using System.Text.Json;

namespace BudgetEngine.Alerts.Tests.Harness;

/// <summary>A request as the receiver has seen it.</summary>
internal sealed record Received(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;
}
