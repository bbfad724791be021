using System.ComponentModel.DataAnnotations;

namespace BudgetEngine.Alerts.Delivery.Mail;

/// <summary>Whether the connection to the mail server is encrypted.</summary>
public enum SmtpSecurity
{
    /// <summary>Never.</summary>
    None,

    /// <summary>Always, asked for by STARTTLS (port 587 or 25). A server that does not offer it gets no mail.</summary>
    StartTls,

    /// <summary>Always, from the first byte (port 465).</summary>
    Tls,
}

/// <summary>The mail server of e-mail channels. The operator's word: not held to public addresses.</summary>
public sealed class SmtpOptions : IValidatableObject
{
    public const string Section = "Smtp";

    /// <summary>Name or address. Default none: e-mail channels fail, and say so, until it is set.</summary>
    public string? Host { get; set; }

    /// <summary>Default 587, 1 to 65,535.</summary>
    [Range(1, 65_535)]
    public int Port { get; set; } = 587;

    /// <summary>Default STARTTLS.</summary>
    public SmtpSecurity Security { get; set; } = SmtpSecurity.StartTls;

    /// <summary>A PEM file of the only authorities that may vouch for the server. Default none: those that the system trusts.</summary>
    public string? CaFile { get; set; }

    /// <summary>Who logs in. Default none: no log-in.</summary>
    public string? User { get; set; }

    /// <summary>With which password: literal (from the environment), <c>env:NAME</c> or <c>file:name</c>, as the secrets of channels.</summary>
    public string? Password { get; set; }

    /// <summary>The sender: <c>budget@example.com</c> or <c>Budget engine &lt;budget@example.com&gt;</c>.</summary>
    public string From { get; set; } = "Budget engine <budget-engine@localhost>";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Mailbox.TryParse(From, out _)) yield return new ValidationResult("Smtp:From must be an e-mail address, or a name and an address in angle brackets.", [nameof(From)]);
        if (User is null != Password is null) yield return new ValidationResult("Smtp:User and Smtp:Password come together.", [nameof(User)]);
        if (User is not null && Security == SmtpSecurity.None)
        {
            yield return new ValidationResult("Smtp:User needs Smtp:Security starttls or tls: a password is not sent in the clear.", [nameof(User)]);
        }

        if (CaFile is not null && !File.Exists(CaFile)) yield return new ValidationResult($"Smtp:CaFile: there is no file '{CaFile}'.", [nameof(CaFile)]);
    }
}
