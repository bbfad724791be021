using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace BudgetEngine.Alerts.Payloads;

/// <summary>
/// The symmetric signature of Standard Webhooks 1.0.0. A secret is <c>whsec_</c> and base64 of 24 to 64 bytes; several, separated by blanks, sign side by
/// side while they are exchanged.
/// </summary>
internal static class WebhookSignature
{
    public const string Prefix = "whsec_";
    public const int MinBytes = 24;
    public const int MaxBytes = 64;
    public const int MaxSecrets = 4;

    /// <summary>The keys; null when the text is not one or several secrets.</summary>
    public static byte[][]? Keys(string secrets)
    {
        var parts = secrets.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length is 0 or > MaxSecrets) return null;
        var keys = new byte[parts.Length][];
        for (var i = 0; i < parts.Length; i++)
        {
            if (Key(parts[i]) is not { } key) return null;
            keys[i] = key;
        }

        return keys;
    }

    /// <summary>The value of <c>webhook-signature</c>.</summary>
    public static string Sign(IEnumerable<byte[]> keys, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}."));
        var signed = new byte[head.Length + body.Length];
        head.CopyTo(signed, 0);
        body.CopyTo(signed.AsSpan(head.Length));
        return string.Join(' ', keys.Select(key => "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed))));
    }

    private static byte[]? Key(string secret)
    {
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal) || secret.Length > 128) return null;
        var key = new byte[96];
        return Convert.TryFromBase64String(secret[Prefix.Length..], key, out var length) && length is >= MinBytes and <= MaxBytes ? key[..length] : null;
    }
}
