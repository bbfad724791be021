using BudgetEngine.Envoy.Protocol;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Envoy.RateLimits;

/// <summary>
/// A descriptor of the rate limit service as a question of the gateway dialect. Its entries count like the input headers that they stand for: if the key's
/// profile trusts them.
/// </summary>
/// <param name="Inputs">By the names of input headers.</param>
/// <param name="Unit">What its hits are.</param>
/// <param name="Charges">The hits have been used: they are recorded, not asked for.</param>
/// <param name="Hits">0: looks only.</param>
/// <param name="Reservation">Which the charge settles; null: none.</param>
/// <param name="IsKnown">It has an entry that means something here.</param>
/// <param name="Fault">Why it means nothing; null: it is sound.</param>
internal sealed record Descriptor(IHeaderDictionary Inputs, HitUnit Unit, bool Charges, ulong Hits, string? Reservation, bool IsKnown, string? Fault)
{
    private static readonly Dictionary<string, string> _headers = new(StringComparer.Ordinal)
    {
        ["cost_center"] = "X-Cost-Center", ["user"] = "X-User-ID", ["session"] = "X-Session-ID", ["model"] = "X-Budget-Model", ["max_output_tokens"] = "X-Budget-Max-Output-Tokens",
    };

    private static readonly Dictionary<string, HitUnit> _units = new(StringComparer.Ordinal)
    {
        ["requests"] = HitUnit.Requests, ["micros"] = HitUnit.Micros, ["input_tokens"] = HitUnit.InputTokens, ["output_tokens"] = HitUnit.OutputTokens,
    };

    private static readonly MessageParser<RateLimitDescriptor> _knownOnly = RateLimitDescriptor.Parser.WithDiscardUnknownFields(true);

    /// <summary>A field that we do not know may turn its meaning round: newer versions of Envoy send refunds that way.</summary>
    public static bool HasUnknownFields(RateLimitDescriptor descriptor) => _knownOnly.ParseFrom(descriptor.ToByteString()).CalculateSize() != descriptor.CalculateSize();

    /// <param name="requestHits">Of the whole request; 0 counts as 1.</param>
    public static Descriptor Read(RateLimitDescriptor descriptor, uint requestHits)
    {
        var inputs = new HeaderDictionary();
        var (unit, charges, isKnown) = (HitUnit.Requests, false, false);
        string? reservation = null, fault = null;
        foreach (var entry in descriptor.Entries)
        {
            if (_headers.TryGetValue(entry.Key, out var header))
            {
                inputs.Append(header, entry.Value);
            }
            else if (entry.Key is "hold" or "charge")
            {
                charges = entry.Key == "charge";
                if (!_units.TryGetValue(entry.Value, out unit)) fault = $"{entry.Key} must be one of {string.Join(", ", _units.Keys)}";
            }
            else if (entry.Key == "reservation")
            {
                reservation = entry.Value.Length == 0 ? null : entry.Value;
            }
            else
            {
                continue;
            }

            isKnown = true;
        }

        return new Descriptor(inputs, unit, charges, descriptor.HitsAddend ?? Math.Max(1UL, requestHits), reservation, isKnown, fault);
    }
}
