namespace BudgetEngine.Silo.Demo;

/// <summary>One team of the demo, and how it calls.</summary>
internal sealed record DemoTeam(string CostCenter, string Provider, string Model, string Feature, TimeSpan Pause, int InputTokens, int OutputTokens, int Users);

/// <summary>The sample tenant: three departments, five projects, four models.</summary>
internal static class DemoTenant
{
    public static readonly DemoTeam[] Teams =
    [
        new("demo/engineering/ai-features", "openai", "gpt-4.1", "assistant", TimeSpan.FromMilliseconds(300), 3_000, 800, 40),
        new("demo/engineering/search", "google", "gemini-2.5-flash", "rerank", TimeSpan.FromMilliseconds(120), 6_000, 150, 200),
        new("demo/support/chatbot", "anthropic", "claude-sonnet-4.5", "answers", TimeSpan.FromMilliseconds(500), 4_000, 600, 80),
        new("demo/support/triage", "deepseek", "deepseek-v3.2", "labels", TimeSpan.FromMilliseconds(200), 1_200, 60, 10),
        new("demo/marketing/content", "openai", "gpt-4.1", "campaigns", TimeSpan.FromMilliseconds(250), 2_500, 2_000, 6),
    ];

    public static readonly (string Path, string Body)[] Budgets =
    [
        ("demo", """{ "daily": 200, "monthly": 4000 }"""),
        ("demo/engineering", """{ "daily": 100, "per_user": { "daily": 5 } }"""),
        ("demo/engineering/ai-features", """{ "daily": 4, "monthly": 90 }"""),
        ("demo/support", """{ "daily": 60, "enforcement": "soft" }"""),
        ("demo/support/chatbot", """{ "daily": 2, "enforcement": "soft" }"""),
        ("demo/support/triage", """{ "daily": 0.5 }"""),
        ("demo/marketing", """{ "daily": 0.3, "monthly": 9 }"""),
        ("demo/marketing/banners", """{ "daily": 5 }"""),
    ];

    /// <summary>What an administrator has done: a pause with its reason, and a limit raised for a day.</summary>
    public static (string Method, string Path, string Body)[] Changes(DateTimeOffset now) =>
    [
        ("POST", "/v1/pause", """{ "cost_center": "demo/marketing/banners", "reason": "Loop in the campaign job, stopped until it is mended" }"""),
        ("PUT", "/v1/increases/demo-launch", $$"""{ "cost_center": "demo/engineering/ai-features", "period": "daily", "amount": 2, "until": "{{now.AddDays(1):yyyy-MM-ddTHH:mm:ssZ}}", "reason": "Launch week" }"""),
        ("POST", "/v1/usage", """{ "request_id": "demo-unpriced", "cost_center": "demo/marketing/content", "model": "acme-tuned-7b", "input_tokens": 900, "output_tokens": 120, "user": "u-1" }"""),
    ];

    public static readonly (string Model, string Body)[] Prices =
    [
        ("gpt-4.1", """{ "input": 2, "output": 8, "cached_input": 0.5, "max_output_tokens": 32768 }"""),
        ("claude-sonnet-4.5", """{ "input": 3, "output": 15, "max_output_tokens": 64000 }"""),
        ("gemini-2.5-flash", """{ "input": 0.3, "output": 2.5, "max_output_tokens": 65535 }"""),
        ("deepseek-v3.2", """{ "input": 0.28, "output": 0.42, "max_output_tokens": 8192 }"""),
    ];
}
