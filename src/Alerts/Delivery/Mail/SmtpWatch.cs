using MailKit;
using MailKit.Net.Smtp;

namespace BudgetEngine.Alerts.Delivery.Mail;

/// <summary>
/// Listens to both sides of a connection to a mail server, and ends it where MailKit would go on: at replies without end, and at words that were sent before
/// encryption began. Keeps nothing of what is said: a log-in is part of it.
/// </summary>
internal sealed class SmtpWatch : IProtocolLogger
{
    public const int MaxReplyLine = 2_048;
    public const int MaxReplyLines = 64;

    private int _length;
    private int _lines;
    private bool _goesOn;

    public IAuthenticationSecretDetector? AuthenticationSecretDetector { get; set; }

    /// <summary>What the server did that no mail server does; null: nothing.</summary>
    public string? Fault { get; private set; }

    /// <summary>The code of the latest reply.</summary>
    public int Code { get; private set; }

    public bool SaidHello { get; private set; }

    /// <summary>Encryption was asked for, and nothing else since.</summary>
    public bool AskedForTls { get; private set; }

    public void LogConnect(Uri uri)
    {
    }

    public void LogClient(byte[] buffer, int offset, int count)
    {
        var said = buffer.AsSpan(offset, count);
        SaidHello |= said.StartsWith("EHLO"u8);
        AskedForTls = said.StartsWith("STARTTLS"u8);
    }

    public void LogServer(byte[] buffer, int offset, int count)
    {
        var answered = false;
        foreach (var character in buffer.AsSpan(offset, count))
        {
            // What comes in the clear behind the answer was put there by someone who wants it to be read as the server's word.
            if (answered && AskedForTls) throw Broken("the server sent more than its answer before encryption began");
            answered = character == '\n' ? EndsReply() : Continues(character);
        }
    }

    public void Dispose()
    {
    }

    private bool Continues(byte character)
    {
        if (_length < 3)
        {
            if (!char.IsAsciiDigit((char)character)) throw NoSmtp();
            Code = (_length == 0 ? 0 : Code * 10) + (character - '0');
        }

        if (_length == 3) _goesOn = character == '-';
        if (++_length > MaxReplyLine) throw NoSmtp();
        return false;
    }

    private bool EndsReply()
    {
        if (_length < 3) throw NoSmtp();
        var ends = _length == 3 || !_goesOn;
        _lines = ends ? 0 : _lines + 1;
        if (_lines == MaxReplyLines) throw NoSmtp();
        _length = 0;
        return ends;
    }

    private SmtpProtocolException NoSmtp() => Broken("the server does not speak SMTP");

    private SmtpProtocolException Broken(string fault)
    {
        Fault = fault;
        return new SmtpProtocolException(fault);
    }
}
