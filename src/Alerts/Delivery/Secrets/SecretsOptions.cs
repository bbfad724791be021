namespace BudgetEngine.Alerts.Delivery.Secrets;

/// <summary>Where secrets lie that are named by <c>file:name</c>.</summary>
public sealed class SecretsOptions
{
    public const string Section = "Secrets";

    /// <summary>
    /// The folder. Default none: no secret can be named by file. Everything in it may be used (never read) by whoever may write a channel: keep nothing
    /// else there.
    /// </summary>
    public string? Directory { get; set; }
}
