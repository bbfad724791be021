using System.Text.Json.Nodes;

namespace BudgetEngine.TestKit.Traffic;

/// <summary>A record that was sent, and whether the engine has said that it is durable.</summary>
public sealed class SentRecord(string id, JsonObject record, long cost)
{
    public string Id => id;

    public JsonObject Record => record;

    public long Cost => cost;

    public bool Acknowledged { get; private set; }

    public void Acknowledge() => Acknowledged = true;
}
