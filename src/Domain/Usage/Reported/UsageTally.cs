using System.Collections.Immutable;
using System.Text.Json;

namespace BudgetEngine.Domain.Usage.Reported;

/// <summary>What has been read of a usage object so far. Counts are read through it, so that what was wrong with one is remembered.</summary>
internal sealed class UsageTally
{
    private const int MaxIgnored = 50;

    /// <summary>The largest count of a unit, and its decimals.</summary>
    private const decimal MaxUnits = 1_000_000_000m;
    private const int UnitDecimals = 6;

    private readonly SortedDictionary<string, decimal> _units = new(StringComparer.Ordinal);
    private readonly List<string> _ignored = [];
    private bool _tooLarge;
    private bool _negative;

    public UsageCounts Counts { get; set; } = new();

    public RowFlags Flags { get; set; }

    /// <summary>A count of tokens. Absent, null, negative and no number: null. A part of a token counts as a whole one.</summary>
    public long? Count(JsonElement parent, string name)
    {
        if (Number(parent, name) is not { } number) return null;
        var whole = decimal.Ceiling(number);
        if (whole != number || number < 0) Flags |= RowFlags.Adjusted;
        _negative |= number < 0;
        if (whole > TokenCounts.MaxTokens) _tooLarge = true;
        return number < 0 ? null : (long)Math.Min(whole, TokenCounts.MaxTokens);
    }

    /// <summary>The largest count of several names for the same.</summary>
    public long? Count(JsonElement parent, params ReadOnlySpan<string> names)
    {
        long? largest = null;
        foreach (var name in names) largest = Max(largest, Count(parent, name));
        return largest;
    }

    /// <summary>Counts a unit under its meter.</summary>
    /// <param name="isWhole">What the answer is billed by: 0 of it is a count, too (silence that was transcribed), and not nothing.</param>
    public void Unit(string meter, JsonElement parent, string name, bool isWhole = false)
    {
        if (Number(parent, name) is not { } number) return;
        if (number < 0) Flags |= RowFlags.Adjusted;
        else if (number > 0 || isWhole) Unit(meter, number);
    }

    public void Unit(string meter, decimal number)
    {
        if (number > MaxUnits) _tooLarge = true;
        _units[meter] = Math.Min(MaxUnits, _units.GetValueOrDefault(meter) + decimal.Round(Math.Min(number, MaxUnits), UnitDecimals));
    }

    /// <summary>What is billed, and has no meter, where there is some of it.</summary>
    public void Ignore(JsonElement parent, string name, string prefix = "")
    {
        if (Number(parent, name) is > 0 && _ignored.Count < MaxIgnored) _ignored.Add("usage." + prefix + name);
    }

    /// <summary>Every member of the object that is above 0 and that is not one of these.</summary>
    public void IgnoreOthers(JsonElement parent, string prefix, params ReadOnlySpan<string> known)
    {
        foreach (var member in parent.EnumerateObject())
        {
            if (!known.Contains(member.Name)) Ignore(parent, member.Name, prefix);
        }
    }

    public static long? Max(long? a, long? b) => a is null || b > a ? b : a;

    public ReportedUsage ToUsage(string? serviceTier, string? region, decimal? cost)
    {
        var units = _units.Where(u => u.Value > 0).Select(u => new UnitCount(u.Key, u.Value)).ToImmutableArray();
        if (_tooLarge || Counts.Input > TokenCounts.MaxTokens || Counts.Output > TokenCounts.MaxTokens) return new ReportedUsage { Cost = cost, Fault = $"has a count above {TokenCounts.MaxTokens} tokens or {MaxUnits} units" };
        if (!HasAny()) return new ReportedUsage { Cost = cost, Fault = ReportedUsage.NoCounts };
        // Beside a count that is one, a negative one is 0.
        if (_negative) Counts = Counts with { Input = Counts.Input ?? 0, Output = Counts.Output ?? 0 };
        return new ReportedUsage { Counts = Counts with { Units = units }, ServiceTier = serviceTier, Region = region, Flags = Flags, Ignored = _ignored, Cost = cost };
    }

    /// <summary>Wholes count, also when they are 0; a part that is 0 beside no whole says nothing.</summary>
    private bool HasAny() => Counts.Input is not null || Counts.Output is not null || _units.Count > 0;

    private decimal? Number(JsonElement parent, string name)
    {
        if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        if (Numbers.TryRead(value, out var number)) return number;
        // A number that no decimal holds is too large; anything else is no number.
        if (value.ValueKind == JsonValueKind.Number) _tooLarge = true;
        else Flags |= RowFlags.Adjusted;
        return null;
    }
}
