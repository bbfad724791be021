using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Api.Checks;

/// <summary>A check, parsed and valid in form. What needs the price book or a cost center is decided by <see cref="CheckService"/>.</summary>
public sealed record CheckCommand
{
    /// <summary>Stands for null in half of the memory: few checks count characters.</summary>
    private const long None = -1;

    private readonly long _inputCharacters = None;

    public required CostCenterId CostCenter { get; init; }

    public string User { get; init; } = UsageRow.AnonymousUser;

    /// <summary>Kept with a denial only.</summary>
    public string? Session { get; init; }

    public string? Model { get; init; }

    public long? InputTokens { get; init; }

    public long? InputCharacters { get => _inputCharacters == None ? null : _inputCharacters; init => _inputCharacters = value ?? None; }

    /// <summary>What is known of the call besides its wholes; null: nothing.</summary>
    public AnnouncedParts? Parts { get; init; }

    public long? MaxOutputTokens { get; init; }

    public Money? Amount { get; init; }

    public Money? MinAmount { get; init; }

    /// <summary>Null: the engine makes one.</summary>
    public string? RequestId { get; init; }

    /// <summary>Stored with the reservation, and never finds an earlier one: the id that a gateway gave to the request. Null: <see cref="RequestId"/>.</summary>
    public string? Label { get; init; }

    public TimeSpan Ttl { get; init; } = DefaultTtl;

    public bool DryRun { get; init; }

    public bool Explain { get; init; }

    /// <summary>Nothing was sent to estimate from (gateway dialect, limits): passes while anything is available.</summary>
    public bool Unestimated { get; init; }

    /// <summary>Segments of the caller's subtree; windows of nodes above it are not told. 0: all may be seen.</summary>
    public int VisibleDepth { get; init; }

    /// <summary>The answer is due within this time, or given as <c>on_outage</c> says.</summary>
    public required TimeSpan AnswerWithin { get; init; }

    public static readonly TimeSpan DefaultTtl = TimeSpan.FromSeconds(600);
    public static readonly TimeSpan MinTtl = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan MaxTtl = TimeSpan.FromHours(24);
}
