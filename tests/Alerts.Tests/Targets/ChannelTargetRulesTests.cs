using BudgetEngine.Alerts.Delivery.Targets;
using BudgetEngine.Alerts.Tests.Harness;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Alerts.Tests.Targets;

/// <summary>What a channel must have before it is stored. Faults bear the API's names of the fields and never the value.</summary>
public sealed class ChannelTargetRulesTests
{
    private const string Url = "https://hooks.example.com/x";

    public static TheoryData<string, string, string> Cases => new()
    {
        { "Webhook", "", "secret url" },
        { "Webhook", $"url={Url}", "secret" },
        { "Webhook", $"url={Url} secret={TestSender.WebhookSecret}", "" },
        { "Webhook", $"url={Url} secret=hunter2", "secret" },
        { "Webhook", $"url={Url} secret=env:BUDGET_SECRET_HOOK", "" },
        { "Webhook", $"url=file:hook-url secret=file:hook", "" },
        { "Webhook", $"url={Url} secret=env:PATH", "secret" },
        { "Webhook", $"url={Url} secret=env:BUDGET_SECRET_", "secret" },
        { "Webhook", $"url={Url} secret=env:BUDGET_ADMIN_KEY", "secret" },
        { "Webhook", $"url={Url} secret=env:BUDGET_SECRET_A-B", "secret" },
        { "Webhook", $"url={Url} secret=file:../../etc/passwd", "secret" },
        { "Webhook", $"url={Url} secret=file:/etc/passwd", "secret" },
        { "Webhook", $"url={Url} secret=file:a/b", "secret" },
        { "Webhook", $"url={Url} secret=file:..", "secret" },
        { "Webhook", $"url={Url} secret=file:.hidden", "secret" },
        { "Webhook", $"url=http://hooks.example.com secret={TestSender.WebhookSecret}", "url" },
        { "Webhook", $"url={Url} secret={TestSender.WebhookSecret} token={TestSender.TelegramToken}", "token" },
        { "Slack", "", "url" },
        { "Slack", $"url={Url}", "" },
        { "Slack", $"url={Url} secret={TestSender.WebhookSecret} to=a@b.c", "secret to" },
        { "Discord", $"url={Url}", "" },
        { "Teams", $"url={Url} chat_id=5", "chat_id" },
        { "Telegram", "", "chat_id token" },
        { "Telegram", $"token={TestSender.TelegramToken} chat_id=-1001234567890", "" },
        { "Telegram", $"token={TestSender.TelegramToken} chat_id=@budget_alerts", "" },
        { "Telegram", $"token=env:BUDGET_SECRET_BOT chat_id=17", "" },
        { "Telegram", $"token=123/../:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawQ chat_id=17", "token" },
        { "Telegram", $"token=123456789 chat_id=0", "chat_id token" },
        { "Telegram", $"token={TestSender.TelegramToken} chat_id=@x", "chat_id" },
        { "Telegram", $"token={TestSender.TelegramToken} chat_id=17x", "chat_id" },
        { "Email", "", "to" },
        { "Email", "to=ops@example.com,cfo+budget@mail.example.co.uk", "" },
        { "Email", "to=ops@example.com,OPS@example.com", "to" },
        { "Email", "to=ops", "to" },
        { "Email", "to=ops@", "to" },
        { "Email", "to=@example.com", "to" },
        { "Email", "to=a@b@c", "to" },
        { "Email", "to=a..b@example.com", "to" },
        { "Email", "to=a@-example.com", "to" },
        { "Email", "to=a@exa_mple.com", "to" },
        { "Email", "to=ops@example.com\r\nBcc:x@example.com", "to" },
        { "Email", "to=<ops@example.com>", "to" },
        { "Email", "to=öps@example.com", "to" },
        { "Email", "to=a@[127.0.0.1]", "to" },
        { "Email", "to=env:BUDGET_SECRET_MAIL", "to" },
        { "Email", $"to={string.Join(',', Enumerable.Range(0, 50).Select(i => $"a{i}@example.com"))}", "" },
        { "Email", $"to={string.Join(',', Enumerable.Range(0, 51).Select(i => $"a{i}@example.com"))}", "to" },
        { "PagerDuty", "", "routing_key" },
        { "PagerDuty", $"routing_key={TestSender.RoutingKey}", "" },
        { "PagerDuty", "routing_key=0123456789abcdef", "routing_key" },
        { "PagerDuty", "routing_key=0123456789abcdef0123456789abcde!", "routing_key" },
        { "PagerDuty", $"routing_key={TestSender.RoutingKey} url={Url}", "url" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Faults_OfATarget_NameItsFields(string type, string fields, string faulty)
    {
        var target = Target(fields);
        var faults = ChannelTargetRules.Faults(Enum.Parse<ChannelType>(type), target, allowPrivateAddresses: false);
        Assert.Equal(faulty.Split(' ', StringSplitOptions.RemoveEmptyEntries), faults.Select(f => f.Field).Order(StringComparer.Ordinal));
        Assert.All(faults, f =>
        {
            Assert.Matches("^(is|must|needs|env:|file:)", f.Fault);
            Assert.DoesNotContain(new[] { target.Url, target.Secret, target.Token, target.RoutingKey }, v => !string.IsNullOrEmpty(v) && f.Fault.Contains(v, StringComparison.Ordinal));
        });
    }

    [Fact]
    public void Faults_OfATypeThatIsNone_AreOfEveryField() =>
        Assert.Equal(6, ChannelTargetRules.Faults(ChannelType.Unknown, Target("url=x secret=x token=x chat_id=x routing_key=x to=x"), false).Count);

    private static ChannelTarget Target(string fields)
    {
        var values = fields.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(f => f.Split('=', 2)).ToDictionary(f => f[0], f => f[1]);
        return new ChannelTarget
        {
            Url = values.GetValueOrDefault("url"), Secret = values.GetValueOrDefault("secret"), Token = values.GetValueOrDefault("token"), ChatId = values.GetValueOrDefault("chat_id"),
            RoutingKey = values.GetValueOrDefault("routing_key"), To = values.GetValueOrDefault("to") is { } to ? [.. to.Split(',')] : [],
        };
    }
}
