using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Api.Http;

/// <summary>
/// Counts and terms that few records and checks have, as they are being read. A negative count of a record is 0, a count of units with too many decimals is
/// rounded, a term that cannot be read is dropped, each flagged <c>adjusted</c>; in a check each is a fault.
/// </summary>
internal sealed class DetailsDraft(bool strict)
{
    private SortedDictionary<string, decimal>? _units;
    private long? _cacheWrite1h;
    private long? _audioInput;
    private long? _cachedAudioInput;
    private long? _imageInput;
    private long? _videoInput;
    private long? _audioOutput;
    private long? _imageOutput;
    private long? _videoOutput;
    private string? _serviceTier;
    private string? _region;

    public bool Adjusted { get; private set; }

    /// <summary>Some count was sent that is not negative.</summary>
    public bool Counted { get; private set; }

    /// <summary>The current field, if it is one of these. A draft is made when it is needed, so that plain records carry none.</summary>
    public static bool Read(ref JsonFields fields, ref DetailsDraft? draft, bool strict)
    {
        if (fields.Is("cache_write_1h_tokens"u8)) Of(ref draft, strict)._cacheWrite1h = draft!.Count(ref fields);
        else if (fields.Is("audio_input_tokens"u8)) Of(ref draft, strict)._audioInput = draft!.Count(ref fields);
        else if (fields.Is("cached_audio_input_tokens"u8)) Of(ref draft, strict)._cachedAudioInput = draft!.Count(ref fields);
        else if (fields.Is("image_input_tokens"u8)) Of(ref draft, strict)._imageInput = draft!.Count(ref fields);
        else if (fields.Is("video_input_tokens"u8)) Of(ref draft, strict)._videoInput = draft!.Count(ref fields);
        else if (fields.Is("audio_output_tokens"u8)) Of(ref draft, strict)._audioOutput = draft!.Count(ref fields);
        else if (fields.Is("image_output_tokens"u8)) Of(ref draft, strict)._imageOutput = draft!.Count(ref fields);
        else if (fields.Is("video_output_tokens"u8)) Of(ref draft, strict)._videoOutput = draft!.Count(ref fields);
        else if (fields.Is("units"u8)) Of(ref draft, strict).ReadUnits(ref fields);
        else if (fields.Is("service_tier"u8)) Of(ref draft, strict)._serviceTier = draft!.Term(ref fields, TextRules.MaxServiceTier);
        else if (fields.Is("region"u8)) Of(ref draft, strict)._region = draft!.Term(ref fields, TextRules.MaxRegion);
        else return false;
        return true;
    }

    /// <summary>Null when nothing was told.</summary>
    public UsageDetails? ToDetails()
    {
        var any = _units is not null || _serviceTier is not null || _region is not null || _cacheWrite1h is not null || _audioInput is not null || _cachedAudioInput is not null
            || _imageInput is not null || _videoInput is not null || _audioOutput is not null || _imageOutput is not null || _videoOutput is not null;
        return !any ? null : new UsageDetails
        {
            CacheWrite1hTokens = _cacheWrite1h, AudioInputTokens = _audioInput, CachedAudioInputTokens = _cachedAudioInput, ImageInputTokens = _imageInput,
            VideoInputTokens = _videoInput, AudioOutputTokens = _audioOutput, ImageOutputTokens = _imageOutput, VideoOutputTokens = _videoOutput,
            Units = _units, ServiceTier = _serviceTier, Region = _region,
        };
    }

    private static DetailsDraft Of(ref DetailsDraft? draft, bool strict) => draft ??= new DetailsDraft(strict);

    private long? Count(ref JsonFields fields)
    {
        if (fields.Integer(strict ? 0 : long.MinValue, TokenCounts.MaxTokens) is not { } count) return null;
        Counted |= count >= 0;
        Adjusted |= count < 0;
        return Math.Max(0, count);
    }

    private string? Term(ref JsonFields fields, int maxLength)
    {
        if (strict) return fields.Text(maxLength, printable: true);
        var adjusted = false;
        var text = fields.AnyText(ref adjusted);
        if (text is { Length: 0 }) text = null;
        if (text is not null && (text.Length > maxLength || !TextRules.IsPrintable(text))) (text, adjusted) = (null, true);
        Adjusted |= adjusted;
        return text;
    }

    private void ReadUnits(ref JsonFields fields)
    {
        if (!fields.Enter(out var outer)) return;
        _units ??= new SortedDictionary<string, decimal>(StringComparer.Ordinal);
        while (fields.Next())
        {
            if (fields.PlainName() is not { } unit)
            {
                fields.Skip();
            }
            else if (!UnitMeters.IsName(unit))
            {
                fields.Fault($"must be a name of a-z, 0-9 and _, at most {UnitMeters.MaxNameLength}");
                fields.Skip();
            }
            else if (fields.Decimal(strict ? 0 : -UnitMeters.MaxCount, UnitMeters.MaxCount) is { } count)
            {
                // Senders compute seconds in floating point.
                var rounded = Math.Max(0, decimal.Round(count, UnitMeters.MaxCountDecimals, strict ? MidpointRounding.ToPositiveInfinity : MidpointRounding.ToEven));
                Counted |= count >= 0;
                Adjusted |= rounded != count;
                _units[unit] = rounded;
            }
        }

        fields.Leave(outer);
        if (_units.Count > UnitMeters.MaxUnits) fields.Fault($"must be at most {UnitMeters.MaxUnits}");
    }
}
