using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Alerts;
using MimeKit;

namespace BudgetEngine.Alerts.Delivery.Mail;

/// <summary>Composes e-mails. The same alerts have the same Message-ID each time they are sent, so that a repeat can be told.</summary>
internal sealed class MailComposer(AlertTexts texts)
{
    public const int MaxSubject = 200;

    public MimeMessage Compose(ChannelMessage message, Mailbox from, ImmutableArray<string> to, DateTimeOffset now)
    {
        var text = texts.Of(message);
        var alert = message.First;
        var id = $"<{Hash(string.Join(' ', message.Alerts.Select(a => a.Id).Append(message.Resolves ? "over" : "")))}.alert@{from.Domain}>";
        var thread = $"<{Hash(ThreadOf(alert))}.budget@{from.Domain}>";
        // Quoted-printable text never holds "=_".
        var bodies = new Multipart("alternative") { Boundary = "=_" + Hash(id) };
        bodies.Add(Part("plain", MailText.Plain(text)));
        bodies.Add(Part("html", MailText.Html(text)));
        // MimeKit encodes what is not ASCII, and would let a name through that looks encoded: an invisible character makes it one that is not ASCII.
        var subject = Cut.Plain(text.Title.Replace("=?", "=\u200B?", StringComparison.Ordinal), MaxSubject);
        var addresses = to.Select(address => new MailboxAddress(null, address));
        var mail = new MimeMessage([new MailboxAddress(from.Name, from.Address)], addresses, subject, bodies) { Date = now.ToUniversalTime() };
        mail.Headers.Replace("Message-ID", id);
        // No message has the thread's own id: those of one window hang together below it all the same.
        mail.Headers.Add(HeaderId.InReplyTo, thread);
        mail.Headers.Add(HeaderId.References, thread);
        mail.Headers.Add(HeaderId.ListId, $"Budget alerts <{ListOf(alert.CostCenter)}.budget-alerts.{from.Domain}>");
        mail.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        mail.Headers.Add("X-Auto-Response-Suppress", "All");
        return mail;
    }

    private static TextPart Part(string subtype, string body) => new(subtype) { Text = body, ContentTransferEncoding = ContentEncoding.QuotedPrintable };

    private static string ThreadOf(Alert alert) => alert.Type == AlertType.SpendSummary ? $"summary\n{alert.CostCenter}\n{alert.Detail}" : string.Join('\n', alert.CostCenter, alert.User, PeriodWords.AdjectiveOf(alert.Period), PeriodWords.Date(alert.Period, alert.Window));

    /// <summary>A label of its own for each cost center; long ones are hashed, since a label is part of a name of 255 characters.</summary>
    private static string ListOf(string costCenter)
    {
        if (costCenter.Length == 0) return "installation";
        // Segments from the narrow to the wide, as in names of the net; other characters than those of labels become a dash.
        var name = string.Join('.', costCenter.Split('/').Reverse().Select(s => new string([.. s.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]).Trim('-')));
        return name.Length <= 120 ? name : Hash(costCenter);
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
}
