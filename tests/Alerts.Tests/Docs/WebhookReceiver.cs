using System.Security.Cryptography;
using System.Text;

namespace BudgetEngine.Alerts.Tests.Docs;

/// <summary>The receiver of docs/alerts.md: what stands there is this text.</summary>
internal static class WebhookReceiver
{
    public static bool IsGenuine(string secret, string id, string timestamp, string signatures, byte[] body, DateTimeOffset now)
    {
        if (!long.TryParse(timestamp, out var sent) || Math.Abs(now.ToUnixTimeSeconds() - sent) > 300) return false;
        var signed = (byte[])[.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var expected = HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), signed);
        return signatures.Split(' ').Any(s => s.StartsWith("v1,") && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(s[3..]), Encoding.ASCII.GetBytes(Convert.ToBase64String(expected))));
    }
}
