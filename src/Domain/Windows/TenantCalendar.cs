using System.Collections.Immutable;

namespace BudgetEngine.Domain;

/// <summary>From <paramref name="From"/> on a tenant's dates are those of this zone; <paramref name="FirstDate"/> begins at that instant.</summary>
public sealed record ZoneChange(DateTimeOffset From, DateOnly FirstDate, string Zone);

/// <summary>The local dates of a tenant, over its history of zones.</summary>
public sealed class TenantCalendar
{
    public static readonly TenantCalendar Utc = new([new ZoneChange(DateTimeOffset.MinValue, DateOnly.MinValue, "UTC")]);

    public TenantCalendar(ImmutableArray<ZoneChange> history) => History = history;

    /// <summary>Ascending; the first stands from the beginning of time.</summary>
    public ImmutableArray<ZoneChange> History { get; }
}
