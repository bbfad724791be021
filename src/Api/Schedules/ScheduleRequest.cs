using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Api.Schedules;

/// <summary>The body of a schedule, for the OpenAPI document only: bodies are read field by field (ADR 6), and a test holds both together.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ScheduleRequest
{
    [Description("With all below it; absent: the key's subtree.")]
    public string? CostCenter { get; init; }

    [Required, MinLength(1), MaxLength(Schedule.MaxChannels), Description("Names of channels that tell of the cost center; PagerDuty's take no summaries.")]
    public string[] Channels { get; init; } = [];

    [Required, AllowedValues("daily", "weekly", "monthly")]
    public string Period { get; init; } = "";

    [AllowedValues("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", null), Description("Of a weekly one; absent: monday. A monthly one is sent on the first.")]
    public string? Weekday { get; init; }

    [Range(0, 23), Description("In the tenant's zone; absent: 8.")]
    public int? Hour { get; init; }

    [MaxLength(TextRules.MaxReason), Description("Why, for the audit; else X-Reason.")]
    public string? Reason { get; init; }
}
