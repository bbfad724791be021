using System.Collections.Immutable;
using System.Net;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Alerts.Delivery.Http;
using BudgetEngine.Alerts.Delivery.Mail;
using BudgetEngine.Alerts.Delivery.Secrets;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Alerts;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Alerts.Tests.Harness;

/// <summary>A sender over real sockets, and channels for it.</summary>
internal static class TestSender
{
    public const string WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    public const string TelegramToken = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawQ";
    public const string RoutingKey = "0123456789abcdef0123456789ABCDEF";

    public static ChannelSender Create(
        Action<AlertChannelOptions>? alerts = null, SmtpOptions? smtp = null, string? secrets = null, TimeProvider? time = null, HostResolver? resolve = null,
        Func<IPEndPoint, CancellationToken, Task<Stream>>? connect = null)
    {
        var options = new AlertChannelOptions { AllowPrivateAddresses = true };
        alerts?.Invoke(options);
        return new ChannelSender(
            Options.Create(options), Options.Create(smtp ?? new SmtpOptions()), Reader(secrets), new InstallationCurrency("USD", Resolution.Nano), time ?? TimeProvider.System,
            resolve ?? Dns.GetHostAddressesAsync, connect ?? GuardedConnector.ConnectSocketAsync);
    }

    public static SecretReader Reader(string? directory) => new(Options.Create(new SecretsOptions { Directory = directory }));

    public static AlertTexts Texts(string? dashboard = "https://budget.example.com/", string currency = "USD") => new(new MoneyWords(currency, Resolution.Nano), dashboard);

    public static Channel Channel(ChannelType type, ChannelTarget target) => new("test", null, type, [], [], target, null);

    public static Channel Webhook(string url, string secret = WebhookSecret) => Channel(ChannelType.Webhook, new ChannelTarget { Url = url, Secret = secret });

    /// <summary>A channel of this type whose requests go to the given address; Telegram's and PagerDuty's go to the options' (<see cref="To"/>).</summary>
    public static Channel Over(ChannelType type, string url) => Channel(type, type switch
    {
        ChannelType.Webhook => new ChannelTarget { Url = url, Secret = WebhookSecret },
        ChannelType.Telegram => new ChannelTarget { Token = TelegramToken, ChatId = "-1001234567890" },
        ChannelType.PagerDuty => new ChannelTarget { RoutingKey = RoutingKey },
        ChannelType.Email => new ChannelTarget { To = ["ops@example.com"] },
        _ => new ChannelTarget { Url = url },
    });

    public static Action<AlertChannelOptions> To(string url) => o => (o.TelegramApi, o.PagerDutyApi) = (url, url);

    public static ImmutableArray<ChannelType> OverHttp { get; } = [.. ChannelTypes.All.Where(t => t != ChannelType.Email)];
}
