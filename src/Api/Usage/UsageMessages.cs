using System.Buffers;
using System.Text.Json;
using System.Text.RegularExpressions;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Grains.Interfaces.Usage;

namespace BudgetEngine.Api.Usage;

/// <summary>Makes the message that goes to a grain: texts cut to their lengths, secrets masked, content hashed.</summary>
internal static class UsageMessages
{
    public const int MaxUser = 128;
    public const int MaxSession = 128;
    public const int MaxErrorMessage = 500;
    public const int MaxErrorCode = 64;
    public const int MaxRequestPath = 256;
    public const int MaxPreview = 100;
    public const int MaxTags = 16;
    public const int MaxTagName = 64;
    public const int MaxTagValue = 256;

    public static UsageMessage Of(UsageInput sent, in Booking booking, DateTimeOffset timestamp, DateOnly date, in UsageCost cost, RowFlags flags, bool storePreview)
    {
        var i = cost.Counts is { } rated ? sent.With(rated) : sent;
        var cut = false;
        var user = Cut(booking.User, MaxUser, ref cut)!;
        var session = Cut(i.Session, MaxSession, ref cut);
        var error = Cut(Mask(i.ErrorMessage), MaxErrorMessage, ref cut);
        var errorCode = Cut(i.ErrorCode, MaxErrorCode, ref cut);
        var requestPath = Cut(i.RequestPath, MaxRequestPath, ref cut);
        // A preview is short by definition; its cut is no loss of the record's.
        var ignored = false;
        var preview = storePreview ? Cut(i.Preview, MaxPreview, ref ignored) : null;
        var tags = Tags(i.Tags, ref cut);
        if (cut) flags |= RowFlags.Cut;
        var settle = booking.Reservation is { } id ? new SettleMessage(id.Key, id.Attempt.Value, id.Owner, id.User, id.Date) : null;
        var row = new UsageRow
        {
            RequestId = i.RequestId!, CostCenter = booking.CostCenter, User = user, Session = session, Provider = i.Provider, Model = i.Model,
            InputTokens = i.InputTokens, CachedInputTokens = i.CachedInputTokens, CacheWriteTokens = i.CacheWriteTokens, OutputTokens = i.OutputTokens,
            ReasoningTokens = i.ReasoningTokens, InputCharacters = i.InputCharacters, OutputCharacters = i.OutputCharacters, Cost = cost.Amount, Status = i.Status,
            Final = i.Final, Timestamp = timestamp, BookedDate = date, LatencyMicros = i.LatencyMicros, TimeToFirstTokenMicros = i.TimeToFirstTokenMicros,
            ErrorCode = errorCode, ErrorMessage = error, RequestPath = requestPath, Preview = preview, TagsJson = tags, ReservationId = i.ReservationId,
            DetailsJson = i.Details?.ToJson(), PricedAsJson = cost.PricedAs, Flags = flags, ContentHash = HashOf(sent),
        };
        return new UsageMessage(row, settle);
    }

    /// <summary>Content is what was sent of: cost center, model, provider, counts, tier, region, cost, status, final. Not times, latency, texts or the reservation.</summary>
    private static Guid HashOf(UsageInput i)
    {
        var hasher = new ContentHasher(stackalloc byte[768]);
        hasher.Add(i.CostCenter?.ToLowerInvariant());
        hasher.Add(i.Model);
        hasher.Add(i.Provider);
        hasher.Add(i.InputTokens);
        hasher.Add(i.CachedInputTokens);
        hasher.Add(i.CacheWriteTokens);
        hasher.Add(i.OutputTokens);
        hasher.Add(i.ReasoningTokens);
        hasher.Add(i.InputCharacters);
        hasher.Add(i.OutputCharacters);
        hasher.Add(i.Cost);
        hasher.Add((long)i.Status);
        hasher.Add(i.Final ? 1L : 0L);
        // Only where there are any: records from before they were known keep their hash.
        if (i.Details is { } details) hasher.Add(details.ToJson());
        return hasher.Finish();
    }

    private static string? Cut(string? text, int length, ref bool cut)
    {
        if (text is null || text.Length <= length) return text;
        cut = true;
        // Never between the halves of a surrogate pair: a lone one could not be stored.
        return char.IsHighSurrogate(text[length - 1]) ? text[..(length - 1)] : text[..length];
    }

    private static string? Tags(IReadOnlyList<KeyValuePair<string, string>> tags, ref bool cut)
    {
        if (tags.Count == 0) return null;
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            var kept = new HashSet<string>();
            foreach (var (name, value) in tags)
            {
                if (kept.Count == MaxTags)
                {
                    cut = true;
                    break;
                }

                if (kept.Add(Cut(name, MaxTagName, ref cut)!)) writer.WriteString(Cut(name, MaxTagName, ref cut)!, Cut(value, MaxTagValue, ref cut));
            }

            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string? Mask(string? text) => text is null ? null : _secrets.Replace(text, "***");

    /// <summary>What looks like a key: a known prefix, or a bearer token. In time that grows with the text only, so it needs no time limit, which a machine that stands still would pass.</summary>
    private static readonly Regex _secrets = new(
        @"(?i)\b(?:sk|pk|rk|bk|xox[abprs]|ghp|gho|glpat|AKIA|AIza)[-_]?[A-Za-z0-9_\-]{12,}|\bBearer\s+[A-Za-z0-9._\-]{8,}", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
}
