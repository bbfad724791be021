using System.ComponentModel.DataAnnotations;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Alerts.Delivery;

/// <summary>How alerts leave the engine.</summary>
public sealed class AlertChannelOptions
{
    public const string Section = "Alerts";

    /// <summary>
    /// Where people find the dashboard, for the link in messages. Default none: no link. The cost center is added as the query <c>cost_center</c>.
    /// </summary>
    [HttpAddress, MaxLength(500)]
    public string? DashboardUrl { get; set; }

    /// <summary>Channels of the whole installation, of which the last eighth is for keys without a subtree. Default 1,000, 8 to 100,000: each alert is held against all of them.</summary>
    [Range(8, 100_000)]
    public int MaxChannels { get; set; } = Channel.DefaultShares.Total;

    /// <summary>
    /// Channels of one tenant; a key with a subtree below it may have half, and half of that for each level down to an eighth. Default 200, 8 to 100,000: less
    /// refuses honest ones, more lets one tenant take all.
    /// </summary>
    [Range(8, 100_000)]
    public int MaxChannelsPerTenant { get; set; } = Channel.DefaultShares.PerTenant;

    /// <summary>Whether channels may name addresses of private networks, and <c>http</c>. Default false. True lets whoever may write a channel reach every
    /// service that this
    /// process can reach: for receivers in one's own network, where all writers of channels are trusted.</summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>
    /// The time from the look-up of the name to the end of the answer. Default 15 s, 1 s to 2 min: lower fails slow receivers, higher ties up a channel
    /// for longer.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The Bot API of Telegram, or one's own server of it. The operator's word: not held to public addresses.</summary>
    [Required, HttpAddress]
    public string TelegramApi { get; set; } = "https://api.telegram.org";

    /// <summary>
    /// PagerDuty's Events API (EU: <c>https://events.eu.pagerduty.com</c>), or a proxy to it. The operator's word: not held to public addresses.
    /// </summary>
    [Required, HttpAddress]
    public string PagerDutyApi { get; set; } = "https://events.pagerduty.com";

    public SubtreeShares ToShares() => new(MaxChannels, MaxChannelsPerTenant);
}

/// <summary>An absolute http or https address; null is left to <see cref="RequiredAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class HttpAddressAttribute : ValidationAttribute
{
    public HttpAddressAttribute()
        : base("{0} must be an absolute http or https address.")
    {
    }

    public override bool IsValid(object? value) =>
        value is null || (value is string text && Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps));
}
