using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Api.Channels;

/// <summary>The body of a channel, for the OpenAPI document only: bodies are read field by field (ADR 6), and a test holds both together.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ChannelRequest
{
    [Required]
    public ChannelType Type { get; init; }

    [Description("The cost center whose subtree it tells of; absent: the key's subtree.")]
    public string? Under { get; init; }

    [MinLength(1), MaxLength(ChannelDraft.MaxLevels), Items(Pattern = "^[a-z][a-z0-9_-]{0,31}$"), Description("Of threshold alerts; absent: all.")]
    public string[]? Levels { get; init; }

    [MinLength(1), Description("Absent: all.")]
    public AlertType[]? Types { get; init; }

    [Description("webhook, slack, discord, teams. A literal, env:BUDGET_SECRET_… or file:…")]
    public string? Url { get; init; }

    [Description("webhook: whsec_…, signs. A literal, env:BUDGET_SECRET_… or file:…")]
    public string? Secret { get; init; }

    [Description("telegram. A literal, env:BUDGET_SECRET_… or file:…")]
    public string? Token { get; init; }

    [Description("telegram")]
    public string? ChatId { get; init; }

    [MinLength(1), MaxLength(ChannelDraft.MaxRecipients), Description("email")]
    public string[]? To { get; init; }

    [Description("pagerduty. A literal, env:BUDGET_SECRET_… or file:…")]
    public string? RoutingKey { get; init; }

    [MaxLength(TextRules.MaxReason), Description("Why, for the audit; else X-Reason.")]
    public string? Reason { get; init; }
}
