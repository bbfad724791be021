using System.Net;
using System.Net.Sockets;
using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Alerts.Delivery.Mail;
using BudgetEngine.Alerts.Tests.Harness;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Alerts;
using MimeKit;

namespace BudgetEngine.Alerts.Tests.Mail;

/// <summary>What is said to a mail server, and what its answers mean.</summary>
public sealed class SmtpTests
{
    private const string Password = "s3cret-passw0rd";

    [Fact]
    public async Task Send_InTheClear_ArrivesAtEveryAddress()
    {
        await using var server = new MailServer();
        Assert.Equal(SendOutcome.Sent, await SendAsync(Plain(server), ["a@example.com", "b@example.com"]));
        var mail = Assert.Single(server.Mails);
        Assert.Equal(("budget@example.com", "a@example.com b@example.com", false, null), (mail.From, string.Join(' ', mail.To), mail.Encrypted, mail.LogIn));
        Assert.Equal("EHLO example.com", server.Commands.First());
    }

    [Theory]
    [InlineData("PLAIN LOGIN", false)]
    [InlineData("LOGIN", false)]
    [InlineData("PLAIN", true)]
    public async Task Send_Encrypted_LogsInAndArrives(string methods, bool atOnce)
    {
        using var authority = new TestAuthority();
        await using var server = new MailServer { Certificate = authority.Server, LogInMethods = methods, EncryptsAtOnce = atOnce };
        Assert.Equal(SendOutcome.Sent, await SendAsync(Encrypted(server, authority, atOnce ? SmtpSecurity.Tls : SmtpSecurity.StartTls)));
        var mail = Assert.Single(server.Mails);
        Assert.Equal((true, "|mailer|" + Password), (mail.Encrypted, mail.LogIn));
    }

    [Fact]
    public async Task Send_ToAServerThatNobodyVouchesFor_SendsNothing()
    {
        using var authority = new TestAuthority();
        using var other = new TestAuthority();
        await using var server = new MailServer { Certificate = authority.Server, LogInMethods = "PLAIN" };
        foreach (var ca in new[] { other.CaFile, null })
        {
            var options = Encrypted(server, authority);
            options.CaFile = ca;
            Assert.Equal(Failed("the mail server's certificate is not valid for its name, or not from a trusted authority"), await SendAsync(options));
        }

        Assert.DoesNotContain(server.Commands, c => c.StartsWith("AUTH", StringComparison.Ordinal) || c.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Send_ToAServerOfAnotherName_SendsNothing()
    {
        using var authority = new TestAuthority("mail.example.com");
        await using var server = new MailServer { Certificate = authority.Server, LogInMethods = "PLAIN" };
        Assert.Equal(Failed("the mail server's certificate is not valid for its name, or not from a trusted authority"), await SendAsync(Encrypted(server, authority)));
    }

    [Fact]
    public async Task Send_WhereSomeoneTookTheOfferOfEncryptionOut_SendsNothing()
    {
        using var authority = new TestAuthority();
        await using var server = new MailServer { LogInMethods = "PLAIN" };
        Assert.Equal(Failed("the mail server does not offer STARTTLS"), await SendAsync(Encrypted(server, authority)));
        Assert.Equal(["EHLO example.com"], server.Commands);
    }

    [Fact]
    public async Task Send_WhereSomeoneSpeaksBeforeEncryption_SendsNothing()
    {
        using var authority = new TestAuthority();
        await using var server = new MailServer { Certificate = authority.Server, Smuggled = "250 AUTH PLAIN" };
        Assert.Equal(Failed("the server sent more than its answer before encryption began"), await SendAsync(Encrypted(server, authority)));
    }

    [Theory]
    [InlineData("GREETING", "554 go away", "Failed", "the mail server greets with 554 go away")]
    [InlineData("GREETING", "421 too busy", "Failed", "the mail server greets with 421 too busy")]
    [InlineData("EHLO", "550 no", "Failed", "the mail server refuses EHLO: 550 no")]
    [InlineData("MAIL", "451 later", "Failed", "the mail server refuses the sender: 451 later")]
    [InlineData("MAIL", "550-not you\r\n550 ever", "Refused", "the mail server refuses the sender: 550 not you ever")]
    [InlineData("MAIL", "530 log in first", "Failed", "the mail server wants a log-in: log in first")]
    [InlineData("RCPT", "450 greylisted", "Failed", "1 of 1 addresses put off: 450 greylisted")]
    [InlineData("RCPT", "550 no such user", "Refused", "1 of 1 addresses refused: 550 no such user")]
    [InlineData("DATA", "452 full", "Failed", "the mail server refuses the message: 452 full")]
    [InlineData("DONE", "451 later", "Failed", "the mail server refuses the message: 451 later")]
    [InlineData("DONE", "554 spam", "Refused", "the mail server refuses the message: 554 spam")]
    [InlineData("MAIL", null, "Failed", "the connection to the mail server broke off")]
    [InlineData("DONE", null, "Failed", "the connection to the mail server broke off")]
    [InlineData("GREETING", "HTTP/1.1 400 Bad Request", "Failed", "the server does not speak SMTP")]
    [InlineData("QUIT", null, "Sent", null)]
    [InlineData("QUIT", "500 what?", "Sent", null)]
    public async Task Send_ByTheAnswer_HasItsOutcome(string command, string? answer, string result, string? error)
    {
        await using var server = new MailServer { Answer = c => c.StartsWith(command, StringComparison.Ordinal) ? answer : "" };
        var outcome = await SendAsync(Plain(server));
        Assert.Equal((result, error), (outcome.Result.ToString(), outcome.Error));
    }

    [Fact]
    public async Task Send_WithAnAnswerWithoutEnd_Fails()
    {
        foreach (var endless in new[] { "220 " + new string('x', 10_000), string.Join("\r\n", Enumerable.Repeat("220-more", 100)) })
        {
            await using var server = new MailServer { Answer = c => c == "GREETING" ? endless : "" };
            Assert.Equal(Failed("the server does not speak SMTP"), await SendAsync(Plain(server)));
        }
    }

    [Fact]
    public async Task Send_WithTheWrongPassword_FailsAndNeverTellsIt()
    {
        using var authority = new TestAuthority();
        await using var server = new MailServer { Certificate = authority.Server, LogInMethods = "PLAIN", Answer = c => c == "AUTH" ? $"535 wrong: {Password}" : "" };
        Assert.Equal(Failed("the mail server refuses the log-in (535)"), await SendAsync(Encrypted(server, authority)));
    }

    [Fact]
    public async Task Send_WhereOneAddressIsRefused_IsSentToTheOthersAndSaysSo()
    {
        await using var server = new MailServer { Answer = c => c == "RCPT TO:<gone@example.com>" ? "550 no such user" : "" };
        Assert.Equal(new SendOutcome(SendResult.Sent, "1 of 3 addresses refused: 550 no such user", null), await SendAsync(Plain(server), ["a@example.com", "gone@example.com", "b@example.com"]));
        Assert.Equal(["a@example.com", "b@example.com"], Assert.Single(server.Mails).To);
    }

    [Fact]
    public async Task Send_WhereOneAddressIsPutOff_RepeatsForThatOneOnly()
    {
        var greylisted = true;
        await using var server = new MailServer { Answer = c => greylisted && c == "RCPT TO:<slow@example.com>" ? "450 greylisted" : "" };
        using var sender = TestSender.Create(smtp: Plain(server));
        var channel = Channel(["a@example.com", "slow@example.com"]);
        Assert.Equal(SendResult.Failed, (await sender.SendAsync(channel, Message, CancellationToken.None)).Result);
        greylisted = false;
        Assert.Equal(SendOutcome.Sent, await sender.SendAsync(channel, Message, CancellationToken.None));
        // By hand, later: to all of them again.
        Assert.Equal(SendOutcome.Sent, await sender.SendAsync(channel, Message, CancellationToken.None));
        Assert.Equal(["a@example.com", "slow@example.com", "a@example.com slow@example.com"], server.Mails.Select(m => string.Join(' ', m.To)));
        Assert.Single(server.Mails.Select(m => m.Content.Split("\r\n").Single(l => l.StartsWith("Message-ID:", StringComparison.Ordinal))).Distinct());
    }

    [Theory]
    [InlineData(SmtpSecurity.None)]
    [InlineData(SmtpSecurity.Tls)]
    public async Task Send_ToAServerThatHangs_FailsAfterTheTimeLimit(SmtpSecurity security)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var sender = TestSender.Create(o => o.SendTimeout = TimeSpan.FromMilliseconds(300), new SmtpOptions { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port, Security = security });
        Assert.Equal(Failed("no answer within 0.3 s"), await sender.SendAsync(Channel(["a@example.com"]), Message, CancellationToken.None));
    }

    [Fact]
    public async Task Send_WithoutAServer_FailsAndSaysSo() => Assert.Equal(Failed("Smtp:Host is not set"), await SendAsync(new SmtpOptions()));

    [Theory]
    [InlineData(".\r\n..\r\n.a\r\n\r\n.")]
    [InlineData("a\r\n.\r\nMAIL FROM:<evil@example.com>\r\n")]
    public async Task Send_OfLinesThatBeginWithDots_ArrivesAsItWas(string content)
    {
        await using var server = new MailServer();
        var mailer = new SmtpMailer(Plain(server), TestSender.Reader(null));
        var mail = new MimeMessage([new MailboxAddress(null, "budget@example.com")], [new MailboxAddress(null, "a@example.com")], "dots", new TextPart("plain") { Text = content });
        Assert.Equal(SendOutcome.Sent, await mailer.SendAsync(mail, CancellationToken.None));
        Assert.Equal(content.TrimEnd('\r', '\n') + "\r\n", Assert.Single(server.Mails).Content.Split("\r\n\r\n", 2)[1]);
    }

    [Fact]
    public async Task Send_ToALineThatBreaksOut_IsRefusedBeforeAnyConnection()
    {
        await using var server = new MailServer();
        Assert.Equal(SendResult.Refused, (await SendAsync(Plain(server), ["a@example.com>\r\nRCPT TO:<evil@example.com"])).Result);
        Assert.Empty(server.Commands);
    }

    [Theory]
    [InlineData("!#$%&'*+-/=?^_`{|}~@example.com")]
    [InlineData("a@xn--a.a--b.1")]
    [InlineData("a@127.0.0.1")]
    public async Task Send_ToAnyAddressThatAChannelMayHave_AsksForIt(string address)
    {
        await using var server = new MailServer();
        Assert.Equal(SendOutcome.Sent, await SendAsync(Plain(server), [address]));
        Assert.Equal([address], Assert.Single(server.Mails).To);
    }

    [Fact]
    public async Task Send_ToAServerThatEndsTheHandshake_SaysSo()
    {
        using var authority = new TestAuthority();
        await using var server = new MailServer { Certificate = authority.Server, Answer = c => c == "HANDSHAKE" ? null : "" };
        Assert.Equal(Failed("the connection to the mail server broke off"), await SendAsync(Encrypted(server, authority)));
    }

    [Fact]
    public async Task Send_WithACaFileThatIsGone_SaysSo()
    {
        using var authority = new TestAuthority();
        await using var server = new MailServer { Certificate = authority.Server };
        var options = Encrypted(server, authority);
        options.CaFile += ".gone";
        Assert.Equal(Failed("Smtp:CaFile cannot be read as PEM"), await SendAsync(options));
    }

    [Theory]
    [InlineData("GREETING")]
    [InlineData("EHLO")]
    [InlineData("STARTTLS")]
    [InlineData("ASK")]
    [InlineData("AUTH")]
    [InlineData("MAIL")]
    [InlineData("RCPT")]
    [InlineData("DATA")]
    [InlineData("DONE")]
    [InlineData("QUIT")]
    public async Task Send_ToAServerThatTalksNonsense_HasAnOutcome(string command)
    {
        using var authority = new TestAuthority();
        string[] nonsense = [" ", "2", "220", "250-", "250-a\r\n251 b", "334 Username:", "334 ====", "999 x", "000 x", "99", "2500", "250\tx", "354", "235", "\0\u0001", "-1 x", "250 AUTH\r\n\r\n", "530"];
        await Task.WhenAll(nonsense.Select(async answer =>
        {
            await using var server = new MailServer
            {
                Certificate = authority.Server, LogInMethods = command == "ASK" ? "LOGIN" : "PLAIN", Answer = c => c.StartsWith(command, StringComparison.Ordinal) ? answer : "",
            };
            using var sender = TestSender.Create(o => o.SendTimeout = TimeSpan.FromMilliseconds(500), Encrypted(server, authority));
            var outcome = await sender.SendAsync(Channel(["a@example.com"]), Message, CancellationToken.None);
            Assert.DoesNotContain(Password, outcome.ToString(), StringComparison.Ordinal);
        }));
    }

    [Fact]
    public async Task Send_ToAddressesThatAllHaveItAlready_IsSentAndNothingGoesOut()
    {
        await using var server = new MailServer { Answer = c => c == "RCPT TO:<slow@example.com>" ? "450 greylisted" : "" };
        using var sender = TestSender.Create(smtp: Plain(server));
        Assert.Equal(SendResult.Failed, (await sender.SendAsync(Channel(["a@example.com", "slow@example.com"]), Message, CancellationToken.None)).Result);
        Assert.Equal(SendOutcome.Sent, await sender.SendAsync(Channel(["a@example.com"]), Message, CancellationToken.None));
        Assert.Single(server.Mails);
    }

    private static readonly ChannelMessage Message = TestAlerts.Message(TestAlerts.Threshold());

    private static Channel Channel(string[] to) => TestSender.Channel(ChannelType.Email, new ChannelTarget { To = [.. to] });

    private static SmtpOptions Plain(MailServer server) => new() { Host = "127.0.0.1", Port = server.Port, Security = SmtpSecurity.None, From = "Budget engine <budget@example.com>" };

    private static SmtpOptions Encrypted(MailServer server, TestAuthority authority, SmtpSecurity security = SmtpSecurity.StartTls) =>
        new() { Host = "localhost", Port = server.Port, Security = security, CaFile = authority.CaFile, User = "mailer", Password = Password, From = "budget@example.com" };

    private static async Task<SendOutcome> SendAsync(SmtpOptions options, string[]? to = null)
    {
        using var sender = TestSender.Create(smtp: options);
        return await sender.SendAsync(Channel(to ?? ["ops@example.com"]), Message, CancellationToken.None);
    }

    private static SendOutcome Failed(string error) => new(SendResult.Failed, error, null);
}
