using System.ComponentModel.DataAnnotations;
using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Api.Events;

/// <summary>How many may listen to live events.</summary>
public sealed class EventOptions
{
    public const string Section = "Events";

    /// <summary>Listeners of one process, of which the last eighth is for keys without a subtree. Default 256, 8 to 10,000: each event is offered to all of them.</summary>
    [Range(8, 10_000)]
    public int MaxListeners { get; set; } = 256;

    /// <summary>
    /// Listeners of one tenant at one process; a key with a subtree below it may have half, and half of that for each level down to an eighth. Default 64, 8 to
    /// 10,000: less refuses honest ones, more lets one tenant take all.
    /// </summary>
    [Range(8, 10_000)]
    public int MaxListenersPerTenant { get; set; } = 64;

    public SubtreeShares ToShares() => new(MaxListeners, MaxListenersPerTenant);
}
