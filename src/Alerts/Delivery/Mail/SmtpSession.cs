using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MailKit.Net.Smtp;
using MimeKit;

namespace BudgetEngine.Alerts.Delivery.Mail;

/// <summary>One connection to a mail server. An address that is not accepted does not end it: the others get the message.</summary>
internal sealed class SmtpSession : SmtpClient
{
    private readonly X509ChainPolicy? _trust;

    /// <param name="watch">Listens.</param>
    /// <param name="domain">What the session calls itself.</param>
    /// <param name="trust">Null: the system's authorities.</param>
    public SmtpSession(SmtpWatch watch, string domain, X509ChainPolicy? trust) : base(watch)
    {
        _trust = trust;
        LocalDomain = domain;
        SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        CheckCertificateRevocation = false;
        // The caller's token is the limit.
        Timeout = int.MaxValue;
    }

    public List<string> Accepted { get; } = [];

    public List<SmtpResponse> Refused { get; } = [];

    public List<SmtpResponse> Postponed { get; } = [];

    protected override SslClientAuthenticationOptions GetSslClientAuthenticationOptions(string host, RemoteCertificateValidationCallback remoteCertificateValidationCallback)
    {
        var tls = base.GetSslClientAuthenticationOptions(host, remoteCertificateValidationCallback);
        tls.CertificateChainPolicy = _trust;
        return tls;
    }

    protected override void OnRecipientAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) => Accepted.Add(mailbox.Address);

    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) =>
        ((int)response.StatusCode is >= 500 and < 600 ? Refused : Postponed).Add(response);
}
