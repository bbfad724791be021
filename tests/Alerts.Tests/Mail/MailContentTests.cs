using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Alerts.Delivery.Mail;
using BudgetEngine.Alerts.Tests.Harness;
using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Alerts.Tests.Mail;

/// <summary>What a mail program finds in our mail, read by Python's parser, and received by a server that is not ours.</summary>
public sealed class MailContentTests
{
    private const string Password = "s3cret-passw0rd";

    [PythonFact(server: true)]
    public async Task Send_ToAnotherServerInTheClear_ArrivesWhole()
    {
        await using var server = await PythonMail.ServeAsync();
        using var sender = TestSender.Create(o => o.DashboardUrl = "https://budget.example.com/", new SmtpOptions { Host = "127.0.0.1", Port = server.Port, Security = SmtpSecurity.None, From = "Budget engine <budget@example.com>" });
        Assert.Equal(SendOutcome.Sent, await sender.SendAsync(Channel("ops@example.com", "cfo@example.com"), Message, CancellationToken.None));
        var mail = await server.NextAsync();
        Assert.Equal("budget@example.com", mail.Envelope.GetProperty("from").GetString());
        Assert.Equal(["ops@example.com", "cfo@example.com"], mail.Addresses);
        Assert.Contains("$400.12 of $500.00 (80%)", mail.Part("text/plain"), StringComparison.Ordinal);
    }

    [PythonFact(server: true)]
    public async Task Send_ToAnotherServerEncrypted_LogsInAndArrives()
    {
        using var authority = new TestAuthority();
        await using var server = await PythonMail.ServeAsync(authority.CertificateFile, authority.KeyFile);
        var options = new SmtpOptions { Host = "localhost", Port = server.Port, CaFile = authority.CaFile, User = "mailer", Password = Password, From = "budget@example.com" };
        using var sender = TestSender.Create(smtp: options);
        Assert.Equal(SendOutcome.Sent, await sender.SendAsync(Channel("ops@example.com"), Message, CancellationToken.None));
        var envelope = (await server.NextAsync()).Envelope;
        Assert.Equal((true, "mailer"), (envelope.GetProperty("tls").GetBoolean(), envelope.GetProperty("user").GetString()));
        // A server that nobody vouches for gets nothing, this one included.
        using var careful = TestSender.Create(smtp: new SmtpOptions { Host = "localhost", Port = server.Port, User = "mailer", Password = Password, From = "budget@example.com" });
        Assert.Equal(SendResult.Failed, (await careful.SendAsync(Channel("ops@example.com"), Message, CancellationToken.None)).Result);
    }

    [PythonFact]
    public async Task Compose_AnAlert_HasTheHeadersOfAnAutomaticMail()
    {
        var mail = await ParseAsync(Message, "ops@example.com", "cfo@example.com");
        Assert.Empty(mail.Defects);
        Assert.Equal("multipart/alternative", mail.Type);
        Assert.Equal("Budget engine <budget@example.com>", mail.Header("From").Replace("\"", ""));
        Assert.Equal(["ops@example.com", "cfo@example.com"], mail.Addresses);
        Assert.Equal("acme/search: 80% of the monthly budget used", mail.Header("Subject"));
        Assert.Equal("Sat, 21 Nov 2026 10:00:00 +0000", mail.Header("Date"));
        Assert.Equal(("auto-generated", "All"), (mail.Header("Auto-Submitted"), mail.Header("X-Auto-Response-Suppress")));
        Assert.Equal("Budget alerts <search.acme.budget-alerts.example.com>", mail.Header("List-Id"));
        Assert.Matches("^<[0-9a-f]{32}\\.alert@example\\.com>$", mail.Header("Message-ID"));
        Assert.Matches("^<[0-9a-f]{32}\\.budget@example\\.com>$", mail.Header("References"));
        Assert.Equal(mail.Header("References"), mail.Header("In-Reply-To"));
        Assert.Equal(mail.HeaderNames.Distinct(StringComparer.OrdinalIgnoreCase), mail.HeaderNames);
    }

    [PythonFact]
    public async Task Compose_AlertsOfOneWindow_HangTogetherAndThoseOfAnotherDoNot()
    {
        var first = await ParseAsync(Message);
        var again = await ParseAsync(Message);
        var higher = await ParseAsync(TestAlerts.Message(TestAlerts.Threshold(0.9m) with { Id = "al_other" }));
        var next = await ParseAsync(TestAlerts.Message(TestAlerts.Threshold() with { Window = new DateOnly(2026, 12, 1) }));
        var user = await ParseAsync(TestAlerts.Message(TestAlerts.Threshold() with { User = "u-17" }));
        Assert.Equal(first.Header("Message-ID"), again.Header("Message-ID"));
        Assert.NotEqual(first.Header("Message-ID"), higher.Header("Message-ID"));
        Assert.Equal(first.Header("References"), higher.Header("References"));
        Assert.Equal(3, new[] { first, next, user }.Select(m => m.Header("References")).Distinct().Count());
    }

    [PythonTheory]
    [InlineData("evil\r\nBcc: all@example.com\r\n\r\n<script>")]
    [InlineData("evil\nSubject: other\n.\n")]
    [InlineData("<b>&amp;\"'</b> =?utf-8?B?ZXZpbA==?=")]
    [InlineData("مرحبا \u202Eevil\u202C 你好 👩‍👩‍👧 𝔘")]
    [InlineData("(half a pair)")]
    [InlineData(".\r\n..\r\n--=_\r\n")]
    [InlineData("   ")]
    public async Task Compose_ValuesThatWantOut_StayInside(string poison)
    {
        // Attributes cannot carry one.
        poison = poison.Replace("(half a pair)", "\uD800x\uDC00", StringComparison.Ordinal);
        foreach (var type in new[] { AlertType.ThresholdReached, AlertType.Paused, AlertType.ChannelTest })
        {
            var mail = await ParseAsync(TestAlerts.Message([.. Enumerable.Repeat(TestAlerts.Hostile(type, poison, 900), 3)]), "ops@example.com");
            Assert.Empty(mail.Defects);
            Assert.DoesNotContain("Bcc", mail.HeaderNames);
            Assert.Equal(12, mail.HeaderNames.Length);
            Assert.Equal(["ops@example.com"], mail.Addresses);
            Assert.Equal(0, mail.Json.GetProperty("bare").GetInt32());
            Assert.True(mail.Json.GetProperty("ascii").GetBoolean());
            // RFC 5322: 998 characters a line; ours stay below a hundred but for words that have no blank.
            Assert.InRange(mail.Json.GetProperty("longest").GetInt32(), 1, 300);
            Assert.InRange(mail.Header("Subject").Length, 1, MailComposer.MaxSubject);
            var html = mail.Part("text/html");
            Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
            Assert.DoesNotContain('\u202E', html + mail.Part("text/plain") + mail.Header("Subject"));
            Assert.Equal(html.Count(c => c == '<'), html.Count(c => c == '>'));
        }
    }

    [PythonTheory]
    [InlineData("=?utf-8?B?ZXZpbA==?=")]
    [InlineData("a =?utf-8?Q?evil?= b")]
    [InlineData("Ünïcödé 你好 𝔘𝔫𝔦 👩‍👩‍👧 and many more words of plain ASCII that go over the end of a line of mail")]
    [InlineData("two  blanks")]
    public async Task Compose_ASubjectThatLooksEncoded_IsReadAsItIs(string subject)
    {
        Assert.True(Mailbox.TryParse("budget@example.com", out var from));
        var alert = TestAlerts.Threshold() with { CostCenter = subject };
        var message = TestAlerts.Message(alert);
        var mail = await PythonMail.ParseAsync(new MailComposer(TestSender.Texts()).Compose(message, from, ["ops@example.com"], TestAlerts.At).OnTheWire());
        Assert.Equal(TestSender.Texts().Of(message).Title, mail.Header("Subject").Replace("\u200B", "", StringComparison.Ordinal));
    }

    [PythonTheory]
    [InlineData("!#$%&'*+-/=?^_`{|}~@example.com")]
    [InlineData("a.b@localhost")]
    [InlineData("a@xn--bcher-kva.example")]
    [InlineData("a@xn--a.a--b.1")]
    [InlineData("a@127.0.0.1")]
    public async Task Compose_ToAnyAddressThatAChannelMayHave_HasIt(string address)
    {
        Assert.True(Mailbox.IsAddress(address));
        Assert.Equal([address, "ops@example.com"], (await ParseAsync(Message, address, "ops@example.com")).Addresses);
    }

    private static readonly ChannelMessage Message = TestAlerts.Message(TestAlerts.Threshold());

    private static Channel Channel(params string[] to) => TestSender.Channel(ChannelType.Email, new ChannelTarget { To = [.. to] });

    private static Task<ParsedMail> ParseAsync(ChannelMessage message, params string[] to)
    {
        Assert.True(Mailbox.TryParse("Budget engine <budget@example.com>", out var from));
        var composer = new MailComposer(TestSender.Texts());
        return PythonMail.ParseAsync(composer.Compose(message, from, to.Length == 0 ? ["ops@example.com"] : [.. to], TestAlerts.At).OnTheWire());
    }
}
