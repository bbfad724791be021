using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BudgetEngine.Domain;

namespace BudgetEngine.Channels;

/// <summary>An e-mail as it goes over the wire: ASCII, CRLF.</summary>
/// <param name="Id">The same each time the same alerts are sent, so that a repeat can be told.</param>
internal sealed record MailMessage(string Id, Mailbox From, ImmutableArray<string> To, string Content);

/// <summary>Composes e-mails.</summary>
internal sealed class MailComposer(AlertTexts texts)
{
    public const int MaxSubject = 200;

    public MailMessage Compose(ChannelMessage message, Mailbox from, ImmutableArray<string> to, DateTimeOffset now)
    {
        var text = texts.Of(message);
        var alert = message.First;
        var id = $"<{Hash(string.Join(' ', message.Alerts.Select(a => a.Id).Append(message.Resolves ? "over" : "")))}.alert@{from.Domain}>";
        var thread = $"<{Hash(ThreadOf(alert))}.budget@{from.Domain}>";
        var boundary = "=_" + Hash(id);
        var content = new StringBuilder()
            .Append(MailEncoding.Header("From", from.ToString()))
            .Append(MailEncoding.Folded("To: ", [.. to.Select((address, i) => i < to.Length - 1 ? address + "," : address)]))
            .Append(MailEncoding.Header("Subject", Cut.Plain(text.Title, MaxSubject)))
            .Append(MailEncoding.Header("Date", now.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture)))
            .Append(MailEncoding.Folded("Message-ID: ", [id]))
            // No message has the thread's own id: those of one window hang together below it all the same.
            .Append(MailEncoding.Folded("In-Reply-To: ", [thread]))
            .Append(MailEncoding.Folded("References: ", [thread]))
            .Append(MailEncoding.Folded("List-Id: ", ["Budget", "alerts", $"<{ListOf(alert.CostCenter)}.budget-alerts.{from.Domain}>"]))
            .Append("Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\nMIME-Version: 1.0\r\n")
            .Append(CultureInfo.InvariantCulture, $"Content-Type: multipart/alternative;\r\n boundary=\"{boundary}\"\r\n\r\n");
        AddPart(content, boundary, "plain", MailText.Plain(text));
        AddPart(content, boundary, "html", MailText.Html(text));
        content.Append(CultureInfo.InvariantCulture, $"--{boundary}--\r\n");
        return new MailMessage(id, from, to, content.ToString());
    }

    private static void AddPart(StringBuilder content, string boundary, string subtype, string body) =>
        // A boundary begins with "=_", which quoted-printable text never holds.
        content.Append(CultureInfo.InvariantCulture, $"--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
            .Append(MailEncoding.QuotedPrintable(body)).Append("\r\n");

    private static string ThreadOf(Alert alert) => string.Join('\n', alert.CostCenter, alert.User, PeriodWords.AdjectiveOf(alert.Period), PeriodWords.Date(alert.Period, alert.Window));

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
