using System.Collections.Immutable;
using BudgetEngine.Alerts.Delivery.Secrets;
using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Alerts.Delivery.Targets;

/// <summary>A target with its secrets read. Lives as long as one message; never printed.</summary>
internal sealed record OpenTarget(string Url, string Secret, string Token, string ChatId, string RoutingKey, ImmutableArray<string> To)
{
    private const int MinSecretPart = 8;

    public override string ToString() => nameof(OpenTarget);

    /// <summary>What no text for people may hold: each value, and the parts of addresses that are secrets by themselves.</summary>
    public bool IsSafe(string text)
    {
        // Behind scheme and host each part may be the secret one; short ones are words.
        var ofAddress = Url.Split('/', '?', '&', '=').Skip(3).Where(p => p.Length >= MinSecretPart);
        string[] parts = [Url, Token, RoutingKey, .. Secret.Split(' '), .. Token.Split(':').Skip(1), .. ofAddress];
        return !parts.Any(p => p.Length > 0 && (Holds(p) || Holds(Uri.EscapeDataString(p))));

        bool Holds(string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>Reads the secrets of a target at the moment of sending, and looks at what they are.</summary>
internal sealed class TargetReader(SecretReader secrets, bool allowPrivateAddresses)
{
    /// <summary>Null with an outcome: it cannot be sent.</summary>
    public (OpenTarget? Target, SendOutcome Fault) Read(ChannelType type, ChannelTarget target)
    {
        // As it was stored, perhaps by an older version or under other options.
        if (ChannelTargetRules.Faults(type, target, allowPrivateAddresses) is [var first, ..])
        {
            return (null, new SendOutcome(SendResult.Refused, $"{first.Field} {first.Fault}", null));
        }

        SendOutcome? fault = null;
        var open = new OpenTarget(
            Open("url", target.Url, v => FieldRules.Url(v, allowPrivateAddresses)),
            Open("secret", target.Secret, FieldRules.WebhookSecret),
            Open("token", target.Token, FieldRules.Token),
            Open("chat_id", target.ChatId, FieldRules.ChatId),
            Open("routing_key", target.RoutingKey, FieldRules.RoutingKey),
            target.To.IsDefault ? [] : target.To);
        return fault is { } known ? (null, known) : (open, default);

        string Open(string field, string? value, Func<string, string?> rule)
        {
            if (string.IsNullOrEmpty(value)) return "";
            var secret = secrets.Read(value);
            // What a reference names may be half written or be exchanged just now: tried again. What was stored as it is stays wrong.
            if (secret.Value is null) fault ??= new SendOutcome(secret.IsForGood ? SendResult.Refused : SendResult.Failed, $"{field}: {secret.Fault}", null);
            else if (SecretReference.IsReference(value) && rule(secret.Value) is { } wrong)
            {
                fault ??= new SendOutcome(SendResult.Failed, $"{field}: what '{value}' names {wrong}", null);
            }

            return secret.Value ?? "";
        }
    }
}
