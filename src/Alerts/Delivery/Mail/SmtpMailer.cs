using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BudgetEngine.Alerts.Delivery.Secrets;
using BudgetEngine.Alerts.Text;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace BudgetEngine.Alerts.Delivery.Mail;

/// <summary>
/// Hands a message to the mail server.
/// What the operator has to mend (server, encryption, log-in) is tried again; what the server says of this message for good (5xx) is not.
/// </summary>
internal sealed class SmtpMailer(SmtpOptions options, SecretReader secrets)
{
    private const string BrokeOff = "the connection to the mail server broke off";

    private readonly DeliveredAddresses _delivered = new();

    public async Task<SendOutcome> SendAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(options.Host)) return Failed("Smtp:Host is not set");
        using var watch = new SmtpWatch();
        try
        {
            using var session = new SmtpSession(watch, message.From.Mailboxes.Single().Domain, Trust());
            return await GreetAsync(session, watch, cancellationToken) ?? await TransferAsync(session, message, cancellationToken);
        }
        catch (Exception failed) when (failed is CryptographicException or FileNotFoundException or UnauthorizedAccessException)
        {
            return Failed("Smtp:CaFile cannot be read as PEM");
        }
        catch (SocketException failed)
        {
            return Failed($"the mail server cannot be reached ({failed.SocketErrorCode})");
        }
        catch (SslHandshakeException failed)
        {
            // It wraps whatever ended the handshake, the time limit too.
            cancellationToken.ThrowIfCancellationRequested();
            return Failed(failed.InnerException is IOException ? BrokeOff : "the mail server's certificate is not valid for its name, or not from a trusted authority");
        }
        catch (ServiceNotAuthenticatedException failed)
        {
            return Failed($"the mail server wants a log-in: {OutsideText.Clean(failed.Message)}");
        }
        catch (Exception failed) when (failed is SmtpProtocolException or IOException)
        {
            return Failed(watch.Fault ?? BrokeOff);
        }
    }

    /// <summary>From the greeting to the log-in; null when the server is ready for a message.</summary>
    private async Task<SendOutcome?> GreetAsync(SmtpSession session, SmtpWatch watch, CancellationToken cancellationToken)
    {
        // Never in the clear instead: who can cut the offer out of the answer could read the mail and the password.
        var security = options.Security switch
        {
            SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
            SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.None,
        };
        try
        {
            await session.ConnectAsync(options.Host!, options.Port, security, cancellationToken);
        }
        catch (NotSupportedException)
        {
            return Failed("the mail server does not offer STARTTLS");
        }
        catch (SmtpCommandException refused)
        {
            return Failed($"the mail server {(watch.AskedForTls ? "refuses STARTTLS:" : watch.SaidHello ? "refuses EHLO:" : "greets with")} {Quote(refused.StatusCode, refused.Message)}");
        }

        return options.User is null ? null : await LogInAsync(session, watch, cancellationToken);
    }

    private async Task<SendOutcome?> LogInAsync(SmtpSession session, SmtpWatch watch, CancellationToken cancellationToken)
    {
        if (!session.IsSecure) return Failed("Smtp:User needs Smtp:Security starttls or tls");
        var password = secrets.Read(options.Password!);
        if (password.Value is null) return Failed($"Smtp:Password: {password.Fault}");
        SaslMechanism? mechanism = Offers("PLAIN") ? new SaslMechanismPlain(options.User!, password.Value) : Offers("LOGIN") ? new SaslMechanismLogin(options.User!, password.Value) : null;
        if (mechanism is null) return Failed("the mail server offers neither AUTH PLAIN nor AUTH LOGIN");
        try
        {
            await session.AuthenticateAsync(mechanism, cancellationToken);
            return null;
        }
        catch (Exception refused) when (refused is AuthenticationException or NotSupportedException)
        {
            // A question that is no base64 is "not supported". Only the code: a server may repeat what it was sent.
            return Failed($"the mail server refuses the log-in ({watch.Code})");
        }

        bool Offers(string name) => session.AuthenticationMechanisms.Contains(name, StringComparer.OrdinalIgnoreCase);
    }

    private async Task<SendOutcome> TransferAsync(SmtpSession session, MimeMessage message, CancellationToken cancellationToken)
    {
        var id = message.MessageId!;
        var all = message.To.Mailboxes.ToList();
        var left = all.FindAll(m => !_delivered.Has(id, m.Address));
        try
        {
            if (left.Count > 0) await session.SendAsync(message, message.From.Mailboxes.Single(), left, cancellationToken);
        }
        catch (SmtpCommandException refused) when (refused.ErrorCode == SmtpErrorCode.SenderNotAccepted)
        {
            return Outcome(refused, "the sender");
        }
        catch (SmtpCommandException refused) when (session.Accepted.Count > 0)
        {
            return Outcome(refused, "the message");
        }
        catch (SmtpCommandException)
        {
            // No address was accepted.
        }

        // A courtesy: the message has been taken, whatever comes now.
        await session.DisconnectAsync(quit: true, cancellationToken);
        if (session.Postponed.Count > 0)
        {
            _delivered.Add(id, session.Accepted);
            return Failed($"{session.Postponed.Count} of {all.Count} addresses put off: {Quote(session.Postponed[0])}");
        }

        // Sent again by hand, it goes to all of them.
        var anyBefore = _delivered.Forget(id);
        if (session.Refused.Count == 0) return SendOutcome.Sent;
        var result = session.Accepted.Count > 0 || anyBefore ? SendResult.Sent : SendResult.Refused;
        return new SendOutcome(result, $"{session.Refused.Count} of {all.Count} addresses refused: {Quote(session.Refused[0])}", null);
    }

    private X509ChainPolicy? Trust()
    {
        if (options.CaFile is null) return null;
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPemFile(options.CaFile);
        return trust;
    }

    private static SendOutcome Outcome(SmtpCommandException refused, string what) =>
        new((int)refused.StatusCode is >= 500 and < 600 ? SendResult.Refused : SendResult.Failed, $"the mail server refuses {what}: {Quote(refused.StatusCode, refused.Message)}", null);

    private static string Quote(SmtpResponse reply) => Quote(reply.StatusCode, reply.Response);

    private static string Quote(SmtpStatusCode code, string words) => $"{(int)code} {OutsideText.Clean(words)}".TrimEnd();

    private static SendOutcome Failed(string error) => new(SendResult.Failed, error, null);
}
