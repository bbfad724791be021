using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using BudgetEngine.Domain;

namespace BudgetEngine.Channels;

/// <summary>
/// Hands a message to the mail server. Our own client (docs/alerts.md says why): the framework's reads no CA file and cannot be told apart in what failed, and no package for it restores.
/// What the operator has to mend (server, encryption, log-in) is tried again; what the server says of this message for good (5xx) is not.
/// </summary>
internal sealed class SmtpMailer(SmtpOptions options, SecretReader secrets)
{
    private readonly DeliveredAddresses _delivered = new();

    public async Task<SendOutcome> SendAsync(MailMessage message, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(options.Host)) return Failed("Smtp:Host is not set");
        try
        {
            await using var connection = await SmtpConnection.OpenAsync(options.Host, options.Port, cancellationToken);
            return await GreetAsync(connection, message.From.Domain, cancellationToken) ?? await TransferAsync(connection, message, cancellationToken);
        }
        catch (SocketException failed)
        {
            return Failed($"the mail server cannot be reached ({failed.SocketErrorCode})");
        }
        catch (AuthenticationException)
        {
            return Failed("the mail server's certificate is not valid for its name, or not from a trusted authority");
        }
        catch (InvalidDataException failed)
        {
            // Our own words: thrown by SmtpConnection only.
            return Failed(failed.Message);
        }
        catch (IOException)
        {
            return Failed("the connection to the mail server broke off");
        }
        catch (CryptographicException)
        {
            return Failed("Smtp:CaFile cannot be read as PEM");
        }
    }

    /// <summary>From the greeting to the log-in; null when the server is ready for a message.</summary>
    private async Task<SendOutcome?> GreetAsync(SmtpConnection connection, string domain, CancellationToken cancellationToken)
    {
        if (options.Security == SmtpSecurity.Tls) await connection.EncryptAsync(TlsOptions(), cancellationToken);
        var greeting = await connection.ReplyAsync(cancellationToken);
        if (!greeting.IsDone) return Failed($"the mail server greets with {greeting}");
        var hello = await connection.CommandAsync($"EHLO {domain}", cancellationToken);
        if (options.Security == SmtpSecurity.StartTls)
        {
            // Never in the clear instead: who can cut the offer out of the answer could read the mail and the password.
            if (!Offers(hello, "STARTTLS")) return Failed("the mail server does not offer STARTTLS");
            var ready = await connection.CommandAsync("STARTTLS", cancellationToken);
            if (!ready.IsDone) return Failed($"the mail server refuses STARTTLS: {ready}");
            await connection.EncryptAsync(TlsOptions(), cancellationToken);
            hello = await connection.CommandAsync($"EHLO {domain}", cancellationToken);
        }

        if (!hello.IsDone) return Failed($"the mail server refuses EHLO: {hello}");
        return options.User is null ? null : await LogInAsync(connection, hello, cancellationToken);
    }

    private async Task<SendOutcome?> LogInAsync(SmtpConnection connection, SmtpReply hello, CancellationToken cancellationToken)
    {
        if (!connection.IsEncrypted) return Failed("Smtp:User needs Smtp:Security starttls or tls");
        var password = secrets.Read(options.Password!);
        if (password.Value is null) return Failed($"Smtp:Password: {password.Fault}");
        var methods = hello.Lines.FirstOrDefault(l => l.StartsWith("AUTH", StringComparison.OrdinalIgnoreCase))?.ToUpperInvariant().Split(' ') ?? [];
        SmtpReply reply;
        if (methods.Contains("PLAIN"))
        {
            reply = await connection.CommandAsync("AUTH PLAIN " + Base64($"\0{options.User}\0{password.Value}"), cancellationToken);
        }
        else if (methods.Contains("LOGIN"))
        {
            reply = await connection.CommandAsync("AUTH LOGIN", cancellationToken);
            if (reply.Code == 334) reply = await connection.CommandAsync(Base64(options.User!), cancellationToken);
            if (reply.Code == 334) reply = await connection.CommandAsync(Base64(password.Value), cancellationToken);
        }
        else
        {
            return Failed("the mail server offers neither AUTH PLAIN nor AUTH LOGIN");
        }

        // Only the code: a server may repeat what it was sent.
        return reply.IsDone ? null : Failed($"the mail server refuses the log-in ({reply.Code})");
    }

    private async Task<SendOutcome> TransferAsync(SmtpConnection connection, MailMessage message, CancellationToken cancellationToken)
    {
        var from = await connection.CommandAsync($"MAIL FROM:<{message.From.Address}>", cancellationToken);
        if (!from.IsDone) return Outcome(from, "the sender");
        var (accepted, refused, postponed) = (new List<string>(), new List<SmtpReply>(), new List<SmtpReply>());
        foreach (var address in message.To.Where(a => !_delivered.Has(message.Id, a)))
        {
            var reply = await connection.CommandAsync($"RCPT TO:<{address}>", cancellationToken);
            if (reply.IsDone) accepted.Add(address);
            else (reply.IsForGood ? refused : postponed).Add(reply);
        }

        if (accepted.Count > 0)
        {
            var data = await connection.CommandAsync("DATA", cancellationToken);
            if (data.Code != 354) return Outcome(data, "the message");
            var done = await connection.ContentAsync(message.Content, cancellationToken);
            if (!done.IsDone) return Outcome(done, "the message");
        }

        await QuitAsync(connection, cancellationToken);
        if (postponed.Count > 0)
        {
            _delivered.Add(message.Id, accepted);
            return Failed($"{postponed.Count} of {message.To.Length} addresses put off: {postponed[0]}");
        }

        // Sent again by hand, it goes to all of them.
        var anyBefore = _delivered.Forget(message.Id);
        if (refused.Count == 0) return SendOutcome.Sent;
        return new SendOutcome(accepted.Count > 0 || anyBefore ? SendResult.Sent : SendResult.Refused, $"{refused.Count} of {message.To.Length} addresses refused: {refused[0]}", null);
    }

    /// <summary>A courtesy: the message has been taken, whatever comes now.</summary>
    private static async Task QuitAsync(SmtpConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await connection.CommandAsync("QUIT", cancellationToken);
        }
        catch (Exception failed) when (failed is IOException or SocketException or InvalidDataException or OperationCanceledException)
        {
            // The outcome is known already.
        }
    }

    private SslClientAuthenticationOptions TlsOptions()
    {
        var tls = new SslClientAuthenticationOptions { TargetHost = options.Host, EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 };
        if (options.CaFile is null) return tls;
        tls.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        tls.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(options.CaFile);
        return tls;
    }

    private static bool Offers(SmtpReply hello, string extension) => hello.IsDone && hello.Lines.Any(l => l.Equals(extension, StringComparison.OrdinalIgnoreCase));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static SendOutcome Outcome(SmtpReply reply, string what) =>
        new(reply.IsForGood ? SendResult.Refused : SendResult.Failed, $"the mail server refuses {what}: {reply}", null);

    private static SendOutcome Failed(string error) => new(SendResult.Failed, error, null);
}
