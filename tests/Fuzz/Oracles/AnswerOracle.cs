using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using BudgetEngine.Fuzz.Grammar;
using BudgetEngine.Fuzz.Host;

namespace BudgetEngine.Fuzz.Oracles;

/// <summary>What must be true of any answer to anything. Null: it is.</summary>
internal sealed partial class AnswerOracle(string directory)
{
    private static readonly string[] _members = ["type", "title", "status", "code", "detail", "request_id"];

    /// <summary>Answers that are the same for everyone and name what they name on purpose.</summary>
    private static readonly string[] _fixed = ["GET /openapi/v1.json", "GET /"];

    public string? Fault(FuzzInput input, WireAnswer? answer)
    {
        if (answer is null) return input.MayBreakHttp ? null : "the connection was closed without an answer";
        if (answer.Status < 200) return $"an answer of {answer.Status}";
        if (answer.Status < 300 && input.ForgedId is { } forged && input.Target.Contains(forged, StringComparison.Ordinal)) return "a forged reservation id is believed";
        if (_fixed.Contains(input.Operation) && answer.Status < 300) return null;
        return LeakIn(input, answer) ?? LostCost(input, answer) ?? (answer.Status < 400 ? BadSuccess(answer) : BadProblem(input, answer));
    }

    /// <summary>Records that have all that a booking needs are booked, or told to be sent again.</summary>
    private static string? LostCost(FuzzInput input, WireAnswer answer)
    {
        if (!input.KeepsCost || answer.Status is 401 or 403) return null;
        if (answer.Status != 200) return $"a cost that is known is refused with {answer.Status}";
        using var batch = JsonDocument.Parse(answer.Body);
        foreach (var result in batch.RootElement.GetProperty("results").EnumerateArray())
        {
            if (result.GetProperty("result").GetString() == "rejected" && !result.GetProperty("retryable").GetBoolean() && !IsAboveItsTenantsLimit(result)) return $"a cost that is known is lost: {result.GetProperty("code").GetString()}";
        }

        return null;
    }

    /// <summary>Another input may have lowered what one record of the tenant may cost. The answer then names both figures.</summary>
    private static bool IsAboveItsTenantsLimit(JsonElement result) =>
        result.GetProperty("code").GetString() == "implausible_cost" && CostAndLimit().Match(result.GetProperty("detail").GetString()!) is { Success: true } said
        && decimal.Parse(said.Groups[1].Value, CultureInfo.InvariantCulture) > decimal.Parse(said.Groups[2].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("^The cost ([0-9.]+) is above max_record_cost ([0-9.]+):")]
    private static partial Regex CostAndLimit();

    private static string? BadSuccess(WireAnswer answer)
    {
        if (answer.Text.Contains("internal_error", StringComparison.Ordinal)) return "internal_error within an answer of success";
        if (answer.ContentType != "application/json" || answer.Body.Length == 0) return null;
        return IsJson(answer.Body) ? null : "the answer says JSON and is none";
    }

    private static string? BadProblem(FuzzInput input, WireAnswer answer)
    {
        if (answer.Status == 500) return "500";
        // The server's own refusals of what is no HTTP: without a body, and the connection ends.
        if (input.MayBreakHttp && answer.Body.Length == 0 && answer.ContentType is null) return null;
        if (answer.ContentType != "application/problem+json") return $"{answer.Status} as '{answer.ContentType}'";
        if (answer.Body.Length == 0) return input.Method == "HEAD" ? null : $"{answer.Status} without a body";
        if (!IsJson(answer.Body)) return $"{answer.Status} whose problem is no JSON";
        using var problem = JsonDocument.Parse(answer.Body);
        var gateway = problem.RootElement.TryGetProperty("code", out var named) && input.Target.StartsWith("/v1/authorize", StringComparison.OrdinalIgnoreCase) && answer.Status is 401 or 402 or 403 or 429;
        foreach (var member in _members)
        {
            // To the end client a denial says less: section "Gateway dialect".
            if (!problem.RootElement.TryGetProperty(member, out _) && !(gateway && member == "detail")) return $"{answer.Status} without '{member}'";
        }

        var code = named.GetString()!;
        if (problem.RootElement.GetProperty("status").GetInt32() != answer.Status) return $"{answer.Status} whose problem says another status";
        return Documented.Has(answer.Status, code, gateway) ? null : $"{answer.Status} with the code '{code}', which is not documented for it";
    }

    private string? LeakIn(FuzzInput input, WireAnswer answer)
    {
        if (answer.Text.Contains(FuzzHost.AdminKey, StringComparison.Ordinal)) return "the answer holds the admin key";
        if (answer.Headers.Any(h => h.Value.Contains(FuzzHost.AdminKey, StringComparison.Ordinal))) return "a header holds the admin key";
        if (answer.Text.Contains(ChannelBodies.Mark, StringComparison.Ordinal)) return "the answer holds a channel's secret";
        if (Key().IsMatch(answer.Text) && !(answer.Status == 201 && input.Target.StartsWith("/v1/keys", StringComparison.Ordinal))) return "the answer holds a key";
        if (answer.Text.Contains(directory, StringComparison.Ordinal)) return "the answer holds the path of the ledger";
        // Figures for operators name the store and the meters of what the engine is built from.
        if (answer is { Status: 200, ContentType: { } type } && type.StartsWith("text/plain", StringComparison.Ordinal) && input.Target.StartsWith("/metrics", StringComparison.Ordinal)) return null;
        return Internals().Match(answer.Text) is { Success: true } match ? $"the answer holds '{match.Value}'" : null;
    }

    private static bool IsJson(byte[] body)
    {
        try
        {
            JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 1_000 }).Dispose();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"\bat \w+\.\w+\.|\.cs:line|\bSystem\.\w|\bMicrosoft\.\w|BudgetEngine\.\w|\w+Exception\b|SQLite|Npgsql|\bselect .{1,60} from |insert into |constraint failed|/tmp/|/home/|/root/|/work/|StackTrace|Utf8JsonReader|JsonReader", RegexOptions.IgnoreCase)]
    private static partial Regex Internals();

    [GeneratedRegex("bk_[A-Za-z0-9_-]{20,}")]
    private static partial Regex Key();
}
