using BudgetEngine.Alerts.Delivery.Mail;
using BudgetEngine.Alerts.Delivery.Secrets;
using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Alerts.Delivery.Targets;

/// <summary>Something that is wrong with a target.</summary>
/// <param name="Field">The API's name of the field: <c>url</c>, <c>secret</c>, <c>token</c>, <c>chat_id</c>, <c>to</c>, <c>routing_key</c>.</param>
/// <param name="Fault">What is wrong: reads on behind the name. Without the value, which may be a secret.</param>
public sealed record ChannelTargetFault(string Field, string Fault);

/// <summary>
/// What a target must have and look like, by type. Looks nothing up: a name is looked up, and its addresses are checked, at every connection.
/// </summary>
public static class ChannelTargetRules
{
    /// <summary>All faults at once; none: the target can be stored.</summary>
    /// <param name="type">Of the channel.</param>
    /// <param name="target">As it is to be stored: values are literal or references.</param>
    /// <param name="allowPrivateAddresses"><see cref="AlertChannelOptions.AllowPrivateAddresses"/>.</param>
    public static IReadOnlyList<ChannelTargetFault> Faults(ChannelType type, ChannelTarget target, bool allowPrivateAddresses)
    {
        var faults = new List<ChannelTargetFault>();
        Check("url", target.Url, type is ChannelType.Webhook or ChannelType.Slack or ChannelType.Discord or ChannelType.Teams, v => FieldRules.Url(v, allowPrivateAddresses));
        Check("secret", target.Secret, type is ChannelType.Webhook, FieldRules.WebhookSecret);
        Check("token", target.Token, type is ChannelType.Telegram, FieldRules.Token);
        Check("chat_id", target.ChatId, type is ChannelType.Telegram, FieldRules.ChatId);
        Check("routing_key", target.RoutingKey, type is ChannelType.PagerDuty, FieldRules.RoutingKey);
        if (RecipientFault(type, target) is { } fault) faults.Add(new ChannelTargetFault("to", fault));
        return faults;

        void Check(string field, string? value, bool needed, Func<string, string?> rule)
        {
            var wrong = (string.IsNullOrEmpty(value), needed) switch
            {
                (true, true) => $"is needed for a channel of type {ChannelTypes.WordOf(type)}",
                (true, false) => null,
                (false, false) => $"is not a field of a channel of type {ChannelTypes.WordOf(type)}",
                _ => SecretReference.IsReference(value!) ? SecretReference.Fault(value!) : rule(value!),
            };
            if (wrong is not null) faults.Add(new ChannelTargetFault(field, wrong));
        }
    }

    private static string? RecipientFault(ChannelType type, ChannelTarget target)
    {
        var given = !target.To.IsDefaultOrEmpty;
        if (type != ChannelType.Email) return given ? $"is not a field of a channel of type {ChannelTypes.WordOf(type)}" : null;
        if (!given) return "needs at least one e-mail address";
        if (target.To.Length > FieldRules.MaxRecipients) return $"must have at most {FieldRules.MaxRecipients} addresses";
        if (target.To.Any(a => !Mailbox.IsAddress(a))) return "must be e-mail addresses (ASCII, without a name)";
        return target.To.Distinct(StringComparer.OrdinalIgnoreCase).Count() < target.To.Length ? "must not name an address twice" : null;
    }
}
