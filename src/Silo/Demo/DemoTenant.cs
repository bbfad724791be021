namespace BudgetEngine.Silo.Demo;

/// <summary>The sample tenants: four departments and a laboratory, with their budgets and prices.</summary>
internal static class DemoTenant
{
    /// <summary>Its project budget is nearly spent by the history, so that its live calls are soon denied.</summary>
    public const string Launch = "demo/marketing/launch";

    public static readonly DemoTeam[] Teams =
    [
        new("demo/engineering/ai-features", "openai", "gpt-4.1", "assistant", TimeSpan.FromMilliseconds(300), 3_000, 800, 40),
        new("demo/engineering/search", "google", "gemini-2.5-flash", "rerank", TimeSpan.FromMilliseconds(120), 6_000, 150, 200),
        new("demo/support/chatbot", "anthropic", "claude-sonnet-4.5", "answers", TimeSpan.FromMilliseconds(500), 4_000, 600, 80),
        new("demo/support/triage", "deepseek", "deepseek-v3.2", "labels", TimeSpan.FromMilliseconds(200), 1_200, 60, 10),
        new(Launch, "openai", "gpt-4.1", "campaigns", TimeSpan.FromMilliseconds(250), 2_500, 2_000, 6),
    ];

    public static readonly DemoWorkload[] Workloads =
    [
        new("demo/engineering/ai-features", "openai", "gpt-4.1", "assistant", "/v1/chat/completions", 110, 60_000, 50, 5_000, 40),
        new("demo/engineering/ci-agents", "anthropic", "claude-sonnet-4.5", "code-review", "/v1/messages", 55, 60_000, 75, 5_000, 25, Weekend: 35),
        new("demo/engineering/search", "google", "gemini-2.5-flash", "rerank", "/v1beta/models/gemini-2.5-flash:generateContent", 80, 40_000, 0, 300, 200, Weekend: 60),
        new("demo/support/chatbot", "anthropic", "claude-sonnet-4.5", "answers", "/v1/messages", 100, 18_000, 40, 1_400, 80, Weekend: 70),
        new("demo/support/triage", "deepseek", "deepseek-v3.2", "labels", "/v1/chat/completions", 45, 6_000, 0, 200, 10, Weekend: 70),
        new("demo/marketing/content", "openai", "gpt-4.1", "articles", "/v1/responses", 20, 10_000, 0, 4_000, 6, Weekend: 5),
        new("demo/finance/reports", "google", "gemini-2.5-pro", "month-end", "/v1beta/models/gemini-2.5-pro:generateContent", 12, 80_000, 20, 3_000, 4, Weekend: 0),
        new("demo-labs/evals", "google", "gemini-2.5-pro", "evals", "/v1beta/models/gemini-2.5-pro:generateContent", 30, 50_000, 0, 4_000, 3, Weekend: 90),
        new("demo-labs/fine-tuning", "mistral", "mistral-large-2", "synthetic-data", "/v1/chat/completions", 25, 30_000, 0, 6_000, 3, Weekend: 30),
    ];

    /// <summary>What stands before the history is posted, which makes its cost centers below them.</summary>
    public static readonly (string Path, string Body)[] TenantBudgets =
    [
        ("demo", """{ "daily": 300, "monthly": 1300 }"""),
        ("demo-labs", """{ "monthly": 200 }"""),
    ];

    public static readonly (string Path, string Body)[] Budgets =
    [
        ("demo/engineering", """{ "daily": 180, "monthly": 800, "per_user": { "daily": 15 } }"""),
        ("demo/engineering/ai-features", """{ "daily": 60, "monthly": 400 }"""),
        ("demo/engineering/ci-agents", """{ "monthly": 225 }"""),
        ("demo/support", """{ "daily": 60, "monthly": 230, "enforcement": "soft" }"""),
        ("demo/support/chatbot", """{ "daily": 8, "enforcement": "soft" }"""),
        ("demo/support/triage", """{ "daily": 2 }"""),
        ("demo/marketing", """{ "monthly": 200 }"""),
        ("demo/marketing/banners", """{ "daily": 5 }"""),
        (Launch, """{ "total": 90 }"""),
        ("demo/finance", """{ "weekly": 15 }"""),
        ("demo-labs/evals", """{ "daily": 7 }"""),
    ];

    /// <summary>What an administrator has done: a pause with its reason, and a limit raised for a day.</summary>
    public static (string Method, string Path, string Body)[] Changes(DateTimeOffset began) =>
    [
        ("POST", "/v1/pause", """{ "cost_center": "demo/marketing/banners", "reason": "Loop in the campaign job, stopped until it is mended" }"""),
        ("PUT", "/v1/increases/demo-launch", $$"""{ "cost_center": "demo/engineering/ai-features", "period": "daily", "amount": 20, "until": "{{began.AddDays(1):yyyy-MM-ddTHH:mm:ssZ}}", "reason": "Launch week" }"""),
        ("POST", "/v1/usage", """{ "request_id": "demo-unpriced", "cost_center": "demo/marketing/content", "model": "acme-tuned-7b", "input_tokens": 900, "output_tokens": 120, "user": "u-1" }"""),
    ];

    public static readonly (string Model, string Body)[] Prices =
    [
        ("gpt-4.1", """{ "input": 2, "output": 8, "cached_input": 0.5, "max_output_tokens": 32768 }"""),
        ("claude-sonnet-4.5", """{ "input": 3, "output": 15, "cached_input": 0.3, "max_output_tokens": 64000 }"""),
        ("gemini-2.5-flash", """{ "input": 0.3, "output": 2.5, "max_output_tokens": 65535 }"""),
        ("gemini-2.5-pro", """{ "input": 1.25, "output": 10, "cached_input": 0.125, "max_output_tokens": 65535 }"""),
        ("deepseek-v3.2", """{ "input": 0.28, "output": 0.42, "max_output_tokens": 8192 }"""),
        ("mistral-large-2", """{ "input": 2, "output": 6, "max_output_tokens": 8192 }"""),
    ];
}
