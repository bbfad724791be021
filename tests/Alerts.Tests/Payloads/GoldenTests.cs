using System.Text;
using BudgetEngine.Alerts.Delivery.Mail;
using BudgetEngine.Alerts.Payloads;
using BudgetEngine.Alerts.Tests.Harness;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;
using BudgetEngine.TestKit.Documents;

namespace BudgetEngine.Alerts.Tests.Payloads;

/// <summary>The payloads as people and programs see them, in files to be read: <c>tests/Alerts.Tests/Golden</c>.</summary>
public sealed class GoldenTests
{
    private static readonly ChannelMessage One = TestAlerts.Message(TestAlerts.Threshold());

    /// <summary>Three thresholds passed at once.</summary>
    private static readonly ChannelMessage Three = TestAlerts.Message(
        TestAlerts.Threshold(0.95m, "emergency", 480.5m),
        TestAlerts.Threshold(0.9m, "critical", 480.5m) with { Id = "al_2" },
        TestAlerts.Threshold(0.7m, "warning", 480.5m) with { Id = "al_3" });

    [Theory]
    [InlineData("webhook")]
    [InlineData("slack")]
    [InlineData("discord")]
    [InlineData("telegram")]
    [InlineData("teams")]
    [InlineData("pagerduty")]
    public void Payload_OfAThreshold_IsTheGoldenOne(string type) => Golden.Matches($"{type}.json", Write(ChannelTypes.Parse(type), One));

    [Theory]
    [InlineData("slack")]
    [InlineData("discord")]
    [InlineData("telegram")]
    [InlineData("teams")]
    public void Payload_OfThreeThresholds_ShowsTheHighestAndListsAll(string type)
    {
        Golden.Matches($"{type}.three.json", Write(ChannelTypes.Parse(type), Three));
        var text = Encoding.UTF8.GetString(Write(ChannelTypes.Parse(type), Three));
        foreach (var at in new[] { "95%", "90%", "70%" }) Assert.Contains(at, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("slack")]
    [InlineData("discord")]
    [InlineData("telegram")]
    [InlineData("teams")]
    public void Payload_OfASummary_NamesEveryCostCenterAndModel(string type)
    {
        var written = Write(ChannelTypes.Parse(type), TestAlerts.Message(TestAlerts.Of(AlertType.SpendSummary)));
        Golden.Matches($"{type}.summary.json", written);
        var text = Encoding.UTF8.GetString(written);
        foreach (var name in new[] { "acme/search", "acme/new", "acme/old", "gpt-4.1", "12% more than the seven days before", "November should end at" }) Assert.Contains(name, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Mail_OfASummary_IsTheGoldenOne_InAThreadOfItsSchedule()
    {
        Mailbox.TryParse("Budget engine <budget@example.com>", out var from);
        string Mail(Alert alert) => new MailComposer(TestSender.Texts()).Compose(TestAlerts.Message(alert), from, ["ops@example.com"], TestAlerts.At).OnTheWire().Replace("\r\n", "\n", StringComparison.Ordinal);
        var mail = Mail(TestAlerts.Of(AlertType.SpendSummary));
        Golden.Matches("mail.summary.txt", mail);
        string ThreadOf(string of) => of.Split('\n').First(l => l.StartsWith("References:", StringComparison.Ordinal));
        Assert.Equal(ThreadOf(mail), ThreadOf(Mail(TestAlerts.Summaries[1])));
        Assert.NotEqual(ThreadOf(mail), ThreadOf(Mail(TestAlerts.Of(AlertType.SpendSummary) with { Detail = "another" })));
    }

    [Fact]
    public void Payload_ThatResolves_SaysOnlyWhichIncident() => Golden.Matches("pagerduty.resolve.json", Write(ChannelType.PagerDuty, One with { Resolves = true }));

    [Fact]
    public void Mail_OfThreeThresholds_IsTheGoldenOne()
    {
        Mailbox.TryParse("Budget engine <budget@example.com>", out var from);
        Golden.Matches("mail.txt", new MailComposer(TestSender.Texts()).Compose(Three, from, ["ops@example.com"], TestAlerts.At).OnTheWire().Replace("\r\n", "\n", StringComparison.Ordinal));
    }

    [Fact]
    public void Webhook_OfEveryType_IsTheGoldenOne()
    {
        var lines = AlertTypes.All.Select(t => Encoding.UTF8.GetString(new WebhookPayload(TestSender.Texts(null), "USD").Write(TestAlerts.Message(TestAlerts.Of(t)))));
        Golden.Matches("webhook.all.ndjson", string.Join('\n', lines) + "\n");
    }

    [Fact]
    public void Sentences_OfEveryType_AreTheGoldenOnes()
    {
        var text = new StringBuilder();
        IEnumerable<Alert> alerts =
        [
            .. AlertTypes.All.Select(TestAlerts.Of),
            .. TestAlerts.Denials,
            .. TestAlerts.UnpricedUsage,
            .. TestAlerts.Summaries,
            TestAlerts.PausedModel,
            TestAlerts.Threshold(1, "exceeded", 500.0001m),
            TestAlerts.Threshold(1.2m, null, 620) with { Cause = AlertCause.Correction },
            TestAlerts.Threshold(0.7m) with { User = "u-17", Period = Period.Daily, Window = new DateOnly(2026, 11, 21), Cause = AlertCause.LimitChange },
            TestAlerts.Threshold() with { Period = Period.Weekly, Window = new DateOnly(2026, 11, 16) },
            TestAlerts.Threshold() with { Period = Period.Total, Window = DateOnly.MinValue, ResetsAt = null },
            TestAlerts.Of(AlertType.Denied) with { Limit = Money.Zero },
            TestAlerts.Of(AlertType.Denied) with { Spent = null, Limit = null, Period = null, ResetsAt = null },
            TestAlerts.Of(AlertType.Spike) with { Limit = Money.Zero, User = null },
            TestAlerts.Of(AlertType.Paused) with { By = null, Detail = null, ResetsAt = TestAlerts.Reset },
            TestAlerts.Of(AlertType.WindowReset) with { ResetsAt = TestAlerts.At },
        ];
        foreach (var alert in alerts)
        {
            var sentences = new AlertSentences(new MoneyWords("USD", Resolution.Nano), alert);
            text.Append(sentences.Title).Append("\n    ").Append(sentences.Sentence).Append('\n');
        }

        Golden.Matches("sentences.txt", text.ToString());
        Assert.Equal(AlertTypes.All.Count, AlertTypes.All.Select(t => new AlertSentences(new MoneyWords("USD", Resolution.Nano), TestAlerts.Of(t)).Sentence).Distinct().Count());
    }

    [Fact]
    public void Sentences_OfEveryCase_StandInTheTable()
    {
        IEnumerable<Alert> alerts = [.. AlertTypes.All.SelectMany(CasesOf)];
        var table = DocumentSection.Table(["type", "title", "sentence"], alerts.Select(a =>
        {
            var sentences = new AlertSentences(new MoneyWords("USD", Resolution.Nano), a);
            return (IReadOnlyList<string>)[$"`{AlertTypes.WordOf(a.Type)}`", sentences.Title, sentences.Sentence];
        }));

        Assert.Equal(table, DocumentSection.Read("messages.md", "alerts", table));

        static IEnumerable<Alert> CasesOf(AlertType type) => type switch
        {
            AlertType.Denied => [TestAlerts.Of(type), .. TestAlerts.Denials],
            AlertType.Unpriced => TestAlerts.UnpricedUsage,
            AlertType.SpendSummary => TestAlerts.Summaries,
            AlertType.Paused => [TestAlerts.Of(type), TestAlerts.PausedModel],
            AlertType.CostCenterCreated => TestAlerts.Created,
            _ => [TestAlerts.Of(type)],
        };
    }

    [Fact]
    public void Denial_OfHeldMoney_SaysHeldByHowManyAndUntilWhen_AndNotSpent()
    {
        var sentences = new AlertSentences(new MoneyWords("USD", Resolution.Nano), TestAlerts.Held());

        Assert.Equal("acme/search: the monthly budget is held by open reservations", sentences.Title);
        Assert.Contains("$0.00 of $5.00 (0%) is spent, and $5.00 is held by 50 open reservations.", sentences.Sentence, StringComparison.Ordinal);
        Assert.Contains("the next on 21 Nov 2026 17:00:59 Asia/Ho_Chi_Minh", sentences.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("resets", sentences.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void UnpricedUsage_ThatIsBooked_IsNeverSaidToCountAgainstNothing()
    {
        foreach (var alert in TestAlerts.UnpricedUsage)
        {
            var sentence = new AlertSentences(new MoneyWords("USD", Resolution.Nano), alert).Sentence;
            Assert.DoesNotContain("no budget", sentence, StringComparison.Ordinal);
            Assert.Equal(alert.Spent == Money.Zero, sentence.Contains("booked at 0", StringComparison.Ordinal));
            if (alert.Spent != Money.Zero) Assert.Contains("$0.12 this month", sentence, StringComparison.Ordinal);
        }
    }

    internal static byte[] Write(ChannelType type, ChannelMessage message, string currency = "USD")
    {
        var texts = TestSender.Texts(currency: currency);
        return type switch
        {
            ChannelType.Webhook => new WebhookPayload(texts, currency).Write(message),
            ChannelType.Slack => new SlackPayload(texts).Write(message),
            ChannelType.Discord => new DiscordPayload(texts).Write(message),
            ChannelType.Telegram => new TelegramPayload(texts).Write(message, "-1001234567890"),
            ChannelType.Teams => new TeamsPayload(texts).Write(message),
            ChannelType.PagerDuty => new PagerDutyPayload(texts, currency).Write(message, TestSender.RoutingKey),
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };
    }
}
