using System.Collections.Immutable;

namespace BudgetEngine.Api.OpenApi;

/// <summary>The chapters of the OpenAPI document, in the order in which they are read.</summary>
internal static class Tags
{
    public const string Check = "Check";
    public const string Gateway = "Gateway";
    public const string Usage = "Usage";
    public const string Budgets = "Budgets";
    public const string CostCenters = "Cost centers";
    public const string Prices = "Prices";
    public const string Keys = "Keys";
    public const string Reports = "Reports";
    public const string Alerts = "Alerts";
    public const string Operations = "Operations";

    /// <summary>What each chapter is about.</summary>
    public static readonly ImmutableArray<(string Name, string Description)> All =
    [
        (Check, "Before a call: is it allowed? An allowed check holds its amount until it is settled, released or lapses."),
        (Gateway, "The same question as a gateway asks it: no body, input in trusted headers, the answer in status and headers."),
        (Usage, "After a call: what it cost. A record is durable once it is acknowledged, and counts once whatever is repeated."),
        (Budgets, "Limits of cost centers, users and children; temporary increases; pauses."),
        (CostCenters, "Where things stand: limits with what is left, spend, holds, and who changed what."),
        (Prices, "What tokens and other units cost, and rating usage again when a price comes late."),
        (Keys, "Who may do what, in which subtree."),
        (Reports, "Spend by day, model, user and tag; forecasts; comparison with an invoice."),
        (Alerts, "What people are told, and the channels that it goes to."),
        (Operations, "Live events, metrics, health, and whether every balance equals the sum of its rows."),
    ];
}
