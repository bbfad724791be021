using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace BudgetEngine.Alerts.Tests.Harness;

/// <summary>A message as it came over the wire.</summary>
internal sealed record ReceivedMail(string From, IReadOnlyList<string> To, string Content, bool Encrypted, string? LogIn);

/// <summary>A mail server on a free port that does as it is told, also what a good one would not.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;

    public MailServer()
    {
        _listener.Start();
        _loop = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public ConcurrentQueue<ReceivedMail> Mails { get; } = new();

    public ConcurrentQueue<string> Commands { get; } = new();

    /// <summary>For STARTTLS, or from the first byte when <see cref="EncryptsAtOnce"/>.</summary>
    public X509Certificate2? Certificate { get; init; }

    public bool EncryptsAtOnce { get; init; }

    public string LogInMethods { get; init; } = "";

    /// <summary>Sent in the clear behind the answer to STARTTLS, as an attacker on the way would.</summary>
    public string Smuggled { get; init; } = "";

    /// <summary>Answers other than the usual, by the beginning of the command (GREETING for the first, HANDSHAKE for that of TLS, DONE for the end of the message); null hangs up.</summary>
    public Func<string, string?>? Answer { get; init; }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        _listener.Stop();
    }

    private async Task AcceptAsync()
    {
        var served = new List<Task>();
        try
        {
            while (true) served.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(served);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await new Session(this, client.GetStream()).RunAsync(_stopping.Token);
            }
            catch (Exception ended) when (ended is OperationCanceledException or IOException or InvalidOperationException or FormatException or System.Security.Authentication.AuthenticationException)
            {
                // The other side has gone, or the test is over.
            }
        }
    }

    private sealed class Session(MailServer server, Stream stream)
    {
        private readonly List<string> _to = [];
        private Stream _stream = stream;
        private string _from = "";
        private string? _logIn;
        private bool _encrypted;

        public async Task RunAsync(CancellationToken stop)
        {
            if (server.EncryptsAtOnce) await EncryptAsync(stop);
            await SayAsync("GREETING", "220 mail.test ESMTP", stop);
            while (true)
            {
                var command = await LineAsync(stop);
                server.Commands.Enqueue(command);
                var upper = command.ToUpperInvariant();
                if (upper.StartsWith("EHLO", StringComparison.Ordinal)) await SayAsync(command, Hello(), stop);
                // Asked of a server that did not like EHLO: this one knows no difference.
                else if (upper.StartsWith("HELO", StringComparison.Ordinal)) await SayAsync("EHLO", "250 mail.test", stop);
                else if (upper == "STARTTLS") await StartTlsAsync(stop);
                else if (upper.StartsWith("AUTH PLAIN ", StringComparison.Ordinal)) await LogInAsync(Encoding.UTF8.GetString(Convert.FromBase64String(command["AUTH PLAIN ".Length..])).Replace('\0', '|'), stop);
                else if (upper == "AUTH LOGIN") await LogInAsync($"|{await AskAsync(stop)}|{await AskAsync(stop)}", stop);
                else if (upper.StartsWith("MAIL FROM:", StringComparison.Ordinal)) (_from, _) = (command[10..].Trim('<', '>'), await SayAsync(command, "250 OK", stop));
                else if (upper.StartsWith("RCPT TO:", StringComparison.Ordinal)) await RecipientAsync(command, stop);
                else if (upper == "DATA") await ContentAsync(stop);
                else if (upper == "QUIT") await SayAsync(command, "221 bye", stop);
                else await SayAsync(command, "500 what?", stop);
            }
        }

        private string Hello()
        {
            List<string> lines = ["mail.test", "PIPELINING", "8BITMIME"];
            if (server.Certificate is not null && !_encrypted) lines.Add("STARTTLS");
            if (server.LogInMethods.Length > 0) lines.Add("AUTH " + server.LogInMethods);
            return string.Join("\r\n", lines.Select((l, i) => $"250{(i < lines.Count - 1 ? '-' : ' ')}{l}"));
        }

        private async Task StartTlsAsync(CancellationToken stop)
        {
            if (await SayAsync("STARTTLS", "220 go ahead" + (server.Smuggled.Length > 0 ? "\r\n" + server.Smuggled : ""), stop)) await EncryptAsync(stop);
        }

        private async Task EncryptAsync(CancellationToken stop)
        {
            if (server.Answer is { } other && other("HANDSHAKE") is null) throw new IOException("Hang up.");
            var encrypted = new SslStream(_stream);
            await encrypted.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = server.Certificate }, stop);
            (_stream, _encrypted) = (encrypted, true);
        }

        private async Task<string> AskAsync(CancellationToken stop)
        {
            await SayAsync("ASK", "334 VXNlcm5hbWU6", stop);
            return Encoding.UTF8.GetString(Convert.FromBase64String(await LineAsync(stop)));
        }

        private async Task LogInAsync(string who, CancellationToken stop)
        {
            if (await SayAsync("AUTH", "235 welcome", stop)) _logIn = who;
        }

        private async Task RecipientAsync(string command, CancellationToken stop)
        {
            if (await SayAsync(command, "250 OK", stop)) _to.Add(command[8..].Trim('<', '>'));
        }

        private async Task ContentAsync(CancellationToken stop)
        {
            if (!await SayAsync("DATA", "354 go on", stop)) return;
            var content = new StringBuilder();
            while (await LineAsync(stop) is var line && line != ".") content.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
            if (await SayAsync("DONE", "250 queued", stop)) server.Mails.Enqueue(new ReceivedMail(_from, [.. _to], content.ToString(), _encrypted, _logIn));
            _to.Clear();
        }

        /// <summary>Whether the answer was a yes.</summary>
        private async Task<bool> SayAsync(string command, string usual, CancellationToken stop)
        {
            var answer = server.Answer is { } other ? other(command) is { } told ? (told.Length == 0 ? usual : told) : throw new IOException("Hang up.") : usual;
            await _stream.WriteAsync(Encoding.ASCII.GetBytes(answer + "\r\n"), stop);
            await _stream.FlushAsync(stop);
            return answer[0] is '2' or '3';
        }

        private async Task<string> LineAsync(CancellationToken stop)
        {
            var line = new List<byte>();
            var one = new byte[1];
            while (true)
            {
                if (await _stream.ReadAsync(one, stop) == 0) throw new IOException("Gone.");
                if (one[0] == '\n') return Encoding.ASCII.GetString([.. line]).TrimEnd('\r');
                line.Add(one[0]);
            }
        }
    }
}
