using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Domain.Budgets;

/// <summary>Whether a check meets nodes that may not grant, because their process has lost its lease or a ledger that they need cannot be written. Sent between processes: never renumbered.</summary>
public enum Outage : byte
{
    /// <summary>Every node may grant.</summary>
    None = 0,

    /// <summary>A node may not grant, and there is, or may be, a hard limit or a durable hold.</summary>
    Hard = 1,

    /// <summary>A node may not grant, and no limit is enforced hard.</summary>
    Soft = 2,
}

/// <summary>How a check is answered during an outage.</summary>
public enum OutageAnswer : byte
{
    Deny,

    /// <summary>Allowed without a hold.</summary>
    Allow,

    /// <summary>Allowed without a hold while the limit for outages lasts.</summary>
    AllowWithinLimit,
}

/// <summary>The rule for outages (section 7 of the semantics), in the order in which it is used: one node, its verdict, the path, the answer.</summary>
public static class OutageRules
{
    /// <summary>What a node says of itself. A change that only gives something back needs no right to grant.</summary>
    /// <param name="mayGrant">The lease runs, and the node is past the wait of a take-over.</param>
    /// <param name="durable">Its budget wants holds in the ledger before the answer, so a ledger that cannot be written is an outage at once.</param>
    public static Outage OfNode(bool lower, bool mayGrant, bool durable, bool writesFail, bool hardLimited)
    {
        if (lower || (mayGrant && !(durable && writesFail))) return Outage.None;
        return hardLimited || durable ? Outage.Hard : Outage.Soft;
    }

    /// <summary>During an outage neither a lack of budget nor a limit by the minute refuses: the node may not decide from its figures, so the answer for the whole path does. A pause stands.</summary>
    public static Verdict Hide(in Verdict verdict, Outage outage, Money amount) =>
        outage != Outage.None && verdict.Reason is DenialReason.BudgetExceeded or DenialReason.RateLimited
            ? verdict with { Kind = VerdictKind.Granted, Reason = DenialReason.None, Granted = amount }
            : verdict;

    /// <summary>
    /// Of a path. Which node has the hard limit does not matter: allowed without a hold, one check after the other would find the same amount left under the
    /// limit of a node that may grant.
    /// </summary>
    /// <param name="mayNotGrant">A node may not grant, or did not answer.</param>
    /// <param name="hard">A node has a hard limit, or may have one because it did not answer.</param>
    public static Outage OfPath(bool mayNotGrant, bool hard) => mayNotGrant ? hard ? Outage.Hard : Outage.Soft : Outage.None;

    /// <param name="allows"><c>on_outage: allow</c> is in force for the cost center.</param>
    public static OutageAnswer Answer(Outage path, bool allows) => path switch
    {
        Outage.Hard => allows ? OutageAnswer.AllowWithinLimit : OutageAnswer.Deny,
        _ => OutageAnswer.Allow,
    };
}
