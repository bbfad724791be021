using System.Text.Json.Nodes;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Api.Tests.Ingest;

/// <summary>Payloads of LiteLLM's logger, in our own words: 1,000 / 100 tokens of gpt-4.1, which cost 0.0028.</summary>
internal static class Payloads
{
    public static JsonObject Success(string id, params (string Name, JsonNode? Value)[] changes)
    {
        var now = Today.Ago(TimeSpan.FromMinutes(10)).ToUnixTimeMilliseconds() / 1_000m;
        var payload = new JsonObject
        {
            ["id"] = id, ["trace_id"] = "trace-1", ["call_id"] = "call-" + id, ["call_type"] = "acompletion", ["stream"] = false, ["response_cost"] = 0.0028m, ["status"] = "success",
            ["custom_llm_provider"] = "openai", ["prompt_tokens"] = 1000, ["completion_tokens"] = 100, ["total_tokens"] = 1100, ["startTime"] = now, ["endTime"] = now + 1.25m,
            ["completionStartTime"] = now + 0.5m, ["model"] = "gpt-4.1",
            ["metadata"] = new JsonObject
            {
                ["user_api_key_team_id"] = "team-ml", ["user_api_key_alias"] = "Key One", ["user_api_key_user_id"] = "u-1",
                ["usage_object"] = new JsonObject { ["prompt_tokens"] = 1000, ["completion_tokens"] = 100, ["total_tokens"] = 1100 },
            },
            ["cache_hit"] = null, ["request_tags"] = new JsonArray("feature:search", "beta"), ["end_user"] = "",
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "a prompt that nobody may keep" }),
            ["response"] = new JsonObject { ["choices"] = new JsonArray("an answer that nobody may keep") },
        };
        return With(payload, changes);
    }

    public static JsonObject Failure(string id, params (string Name, JsonNode? Value)[] changes) => With(Success(id), [
        ("status", "failure"), ("response_cost", 0), ("prompt_tokens", 0), ("completion_tokens", 0), ("metadata.usage_object", null), ("error_str", "it broke"),
        ("error_information", JsonNode.Parse("""{"error_code":429,"error_class":"RateLimitError","error_message":"slow down, sk-abcdefghijklmnopqrst"}""")), .. changes]);

    /// <summary>Sets members by path.</summary>
    public static JsonObject With(JsonObject payload, params (string Name, JsonNode? Value)[] changes)
    {
        payload = payload.DeepClone().AsObject();
        foreach (var (name, value) in changes)
        {
            var path = name.Split('.');
            var target = path.SkipLast(1).Aggregate(payload, (at, part) => at[part]!.AsObject());
            target[path[^1]] = value?.DeepClone();
        }

        return payload;
    }
}
