using System.Globalization;
using BudgetEngine.Alerts.Delivery.Targets;
using BudgetEngine.Alerts.Payloads;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Alerts.Delivery.Http;

/// <summary>Makes the request of a message, by the type of the channel.</summary>
internal sealed class HttpCalls(AlertTexts texts, string currency, AlertChannelOptions options)
{
    private readonly WebhookPayload _webhook = new(texts, currency);
    private readonly SlackPayload _slack = new(texts);
    private readonly DiscordPayload _discord = new(texts);
    private readonly TelegramPayload _telegram = new(texts);
    private readonly PagerDutyPayload _pagerDuty = new(texts, currency);
    private readonly TeamsPayload _teams = new(texts);

    public HttpCall For(ChannelType type, OpenTarget target, ChannelMessage message, DateTimeOffset now) => type switch
    {
        ChannelType.Webhook => Webhook(target, message, now),
        ChannelType.Slack => Channels(target.Url, _slack.Write(message)),
        ChannelType.Discord => Channels(WithWait(target.Url), _discord.Write(message)),
        ChannelType.Telegram => Operators($"{options.TelegramApi.TrimEnd('/')}/bot{target.Token}/sendMessage", _telegram.Write(message, target.ChatId)),
        ChannelType.PagerDuty => Operators($"{options.PagerDutyApi.TrimEnd('/')}/v2/enqueue", _pagerDuty.Write(message, target.RoutingKey)),
        ChannelType.Teams => Channels(target.Url, _teams.Write(message)),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a channel over HTTP."),
    };

    private HttpCall Webhook(OpenTarget target, ChannelMessage message, DateTimeOffset now)
    {
        var body = _webhook.Write(message);
        var (id, timestamp) = (message.First.Id, now.ToUnixTimeSeconds());
        return new HttpCall(
            new Uri(target.Url),
            body,
            [
                new("webhook-id", id),
                new("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture)),
                new("webhook-signature", WebhookSignature.Sign(WebhookSignature.Keys(target.Secret)!, id, timestamp, body)),
            ],
            IsOperators: false);
    }

    /// <summary>With <c>wait</c> Discord answers after it has stored the message; without, it says yes to everything.</summary>
    private static string WithWait(string url)
    {
        var address = new UriBuilder(url);
        var others = address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Where(p => !p.StartsWith("wait=", StringComparison.OrdinalIgnoreCase));
        address.Query = string.Join('&', others.Append("wait=true"));
        return address.Uri.AbsoluteUri;
    }

    private static HttpCall Channels(string url, byte[] body) => new(new Uri(url), body, [], IsOperators: false);

    private static HttpCall Operators(string url, byte[] body) => new(new Uri(url), body, [], IsOperators: true);
}
