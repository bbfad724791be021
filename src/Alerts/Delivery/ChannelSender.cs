using System.Net;
using BudgetEngine.Alerts.Delivery.Http;
using BudgetEngine.Alerts.Delivery.Mail;
using BudgetEngine.Alerts.Delivery.Secrets;
using BudgetEngine.Alerts.Delivery.Targets;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Alerts;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Alerts.Delivery;

/// <summary>Carries messages to the world: reads the channel's secrets, makes the bytes, sends them, and says what the answer means.</summary>
internal sealed class ChannelSender : IChannelSender, IDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly TargetReader _targets;
    private readonly HttpCalls _calls;
    private readonly HttpTransport _http;
    private readonly MailComposer _mails;
    private readonly SmtpMailer _mailer;
    private readonly Mailbox _from;

    public ChannelSender(IOptions<AlertChannelOptions> options, IOptions<SmtpOptions> smtp, SecretReader secrets, InstallationCurrency currency, TimeProvider time)
        : this(options, smtp, secrets, currency, time, Dns.GetHostAddressesAsync, GuardedConnector.ConnectSocketAsync)
    {
    }

    /// <summary>With name servers and a network of one's own: for tests.</summary>
    internal ChannelSender(
        IOptions<AlertChannelOptions> options, IOptions<SmtpOptions> smtp, SecretReader secrets, InstallationCurrency currency, TimeProvider time, HostResolver resolve,
        Func<IPEndPoint, CancellationToken, Task<Stream>> connect)
    {
        var texts = new AlertTexts(new MoneyWords(currency.Code, currency.Resolution), options.Value.DashboardUrl);
        _time = time;
        _timeout = options.Value.SendTimeout;
        _targets = new TargetReader(secrets, options.Value.AllowPrivateAddresses);
        _calls = new HttpCalls(texts, currency.Code, options.Value);
        _http = new HttpTransport(options.Value, resolve, time, connect);
        _mails = new MailComposer(texts);
        _mailer = new SmtpMailer(smtp.Value, secrets);
        if (!Mailbox.TryParse(smtp.Value.From, out _from)) throw new ArgumentException("Smtp:From must be an e-mail address.", nameof(smtp));
    }

    public async Task<SendOutcome> SendAsync(Channel channel, ChannelMessage message, CancellationToken cancellationToken)
    {
        var (target, fault) = _targets.Read(channel.Type, channel.Target);
        if (target is null) return fault;
        using var limit = new CancellationTokenSource(_timeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return channel.Type == ChannelType.Email
                ? await _mailer.SendAsync(_mails.Compose(message, _from, target.To, _time.GetUtcNow()), linked.Token)
                : await SendOverHttpAsync(channel.Type, target, message, linked.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new SendOutcome(SendResult.Failed, $"no answer within {_timeout.TotalSeconds:0.#} s", null);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<SendOutcome> SendOverHttpAsync(ChannelType type, OpenTarget target, ChannelMessage message, CancellationToken cancellationToken)
    {
        var call = _calls.For(type, target, message, _time.GetUtcNow());
        var (answer, fault) = await _http.SendAsync(call, status => Answers.NeedsBody(type, status), cancellationToken);
        return answer is null ? fault : Answers.Judge(type, answer, target, _time.GetUtcNow());
    }
}
