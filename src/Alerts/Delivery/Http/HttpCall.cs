using System.Text;
using System.Text.Json;

namespace BudgetEngine.Alerts.Delivery.Http;

/// <summary>A request that is ready to leave. Its address is a secret: never printed.</summary>
/// <param name="Headers">Beside those of the content.</param>
/// <param name="IsOperators">The address is the configuration's, not a channel's: it may be private.</param>
internal sealed record HttpCall(Uri Address, byte[] Body, IReadOnlyList<KeyValuePair<string, string>> Headers, bool IsOperators)
{
    public override string ToString() => nameof(HttpCall);
}

/// <summary>What came back.</summary>
/// <param name="Body">Its beginning, at most <see cref="MaxBody"/>; empty where nobody looks at it.</param>
internal sealed record HttpAnswer(int Status, string? RetryAfter, byte[] Body)
{
    public const int MaxBody = 16 * 1024;

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The body as JSON; undefined when it is none.</summary>
    public JsonElement Json()
    {
        try
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
