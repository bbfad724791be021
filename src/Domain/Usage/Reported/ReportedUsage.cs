using System.Text.Json;

namespace BudgetEngine.Domain.Usage.Reported;

/// <summary>What a provider's answer says about one call: read by <see cref="Read"/>, which knows shapes and never asks for the provider's name.</summary>
public sealed record ReportedUsage
{
    /// <summary>The fault of an answer without a count, and of one that has only negative ones.</summary>
    public const string NoCounts = "no counts in usage";

    /// <summary>Null with a <see cref="Fault"/>.</summary>
    public UsageCounts? Counts { get; init; }

    /// <summary>The tier in which the call was served, in lower case; null: the answer says none, or says that it was the base.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>Where the call was served, in lower case.</summary>
    public string? Region { get; init; }

    /// <summary><see cref="RowFlags.PartsAdded"/> and <see cref="RowFlags.Adjusted"/>, where that happened.</summary>
    public RowFlags Flags { get; init; }

    /// <summary>What is billed by the provider and has no meter here, by its name within the usage object.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>What the answer says that the call cost, in its own currency; null: nothing that could be a cost.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Why nothing could be read; null: it could.</summary>
    public string? Fault { get; init; }

    /// <summary>Reads a usage object, the whole answer that has one, or the last event of a stream.</summary>
    public static ReportedUsage Read(JsonElement json)
    {
        try
        {
            return UsageEnvelope.Find(json) is { } found ? UsageShapes.Read(found) : new ReportedUsage { Fault = NoCounts };
        }
        catch (InvalidOperationException)
        {
            // Safe: the one cause is a name or text with half a character in it, which no provider sends and no reader of JSON can compare.
            return new ReportedUsage { Fault = "must be valid Unicode (no lone surrogate)" };
        }
    }
}
