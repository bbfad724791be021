using System.Text;
using MimeKit;

namespace BudgetEngine.Alerts.Tests.Harness;

internal static class MailBytes
{
    /// <summary>A mail as it goes to a server.</summary>
    public static string OnTheWire(this MimeMessage mail)
    {
        using var bytes = new MemoryStream();
        mail.WriteTo(new FormatOptions { NewLineFormat = NewLineFormat.Dos }, bytes);
        return Encoding.Latin1.GetString(bytes.ToArray());
    }
}
