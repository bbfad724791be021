using System.Diagnostics;

namespace BudgetEngine.Domain.Tracing;

/// <summary>
/// The engine's spans. Without a listener, and in a request that is not sampled, none is made: a request pays one look at a field. Names of users are never on them.
/// </summary>
public static class EngineTrace
{
    /// <summary>Whom a listener subscribes to.</summary>
    public const string Name = "BudgetEngine";

    /// <summary>The tag with a cost center's path.</summary>
    public const string CostCenter = "budget.cost_center";

    /// <summary>Other causes that a span of many things names besides its parent.</summary>
    public const int MaxLinks = 32;

    private static readonly ActivitySource _source = new(Name);

    /// <summary>The span that the code now runs in, if it is recorded.</summary>
    public static Activity? Current => _source.HasListeners() && Activity.Current is { Recorded: true } current ? current : null;

    /// <summary>A request that is traced; null: nobody listens.</summary>
    /// <param name="caller">What it is a part of at its caller; default: nothing.</param>
    public static Activity? BeginRequest(string name, ActivityContext caller) => _source.StartActivity(name, ActivityKind.Server, caller);

    /// <summary>A part of what runs now; null: nobody records it.</summary>
    public static Activity? Begin(string name) => Current is null ? null : _source.StartActivity(name);

    /// <summary>Something that many causes have in common, such as the commit of a batch: a part of the first, with links to the others; null: nobody records any.</summary>
    /// <param name="causes">Each as <see cref="Current"/> was then. Not looked at where nobody listens.</param>
    public static Activity? BeginOfMany(string name, IEnumerable<Activity?> causes)
    {
        if (!_source.HasListeners()) return null;
        Activity? parent = null;
        List<ActivityLink>? links = null;
        foreach (var cause in causes)
        {
            if (cause is null || cause == parent) continue;
            if (parent is null) parent = cause;
            else (links ??= []).Add(new ActivityLink(cause.Context));
            if (links?.Count == MaxLinks) break;
        }

        return parent is null ? null : _source.StartActivity(name, ActivityKind.Internal, parent.Context, links: links);
    }

    /// <summary>What follows from a cause that was written down.</summary>
    /// <param name="cause">As <c>traceparent</c> (W3C); null: it was not recorded.</param>
    public static Activity? Follow(string name, string? cause) =>
        cause is not null && ActivityContext.TryParse(cause, null, isRemote: true, out var parent) ? _source.StartActivity(name, ActivityKind.Internal, parent) : null;
}
