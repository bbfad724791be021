namespace BudgetEngine.Client;

/// <summary>Where the engine is, how long it may take, and what happens while it is away.</summary>
public sealed record BudgetClientOptions
{
    /// <summary>The engine's base address, such as <c>http://127.0.0.1:8080</c>.</summary>
    public required Uri Address { get; init; }

    /// <summary>The key (<c>bk_…</c>), with the scopes <c>check</c> and <c>usage</c>, and <c>read</c> for reads; null in open mode. Never logged.</summary>
    public string? Key { get; init; }

    /// <summary>For one question to the engine, repeats included. Default 2 s. Longer: a call waits longer before <see cref="OnOutage"/> decides; shorter: a slow engine counts as away.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a check holds its amount where it does not say so; 1 s to 24 h. Default 10 minutes. The hold of a call that runs on is extended at half of it. Shorter: more questions to the engine, and less time for one that is away. Longer: what a dead process held stays held.</summary>
    public TimeSpan HoldFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What a check answers while the engine does not. Default closed.</summary>
    public OutagePolicy OnOutage { get; init; } = OutagePolicy.Closed;

    /// <summary>With <see cref="OutagePolicy.OpenUpTo"/>: the sum of estimates, in the engine's currency, that this process allows until the engine answers again.</summary>
    public decimal OutageLimit { get; init; }

    /// <summary>What a check without an amount counts as against <see cref="OutageLimit"/>: prices are known to the engine alone. Default 0.05.</summary>
    public decimal OutageAmountPerCall { get; init; } = 0.05m;

    /// <summary>Usage records that may wait until they are recorded, of all keys together. Default 10,000. When they are that many, adding waits. Larger: more memory, and more to lose with the process in an outage.</summary>
    public int MaxQueuedRecords { get; init; } = 10_000;

    /// <summary>Usage records of one request. Default 500, at most 10,000.</summary>
    public int MaxBatch { get; init; } = 500;

    /// <summary>The longest pause between two attempts to send records; the first is 50 ms. Default 5 s.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long disposing waits for records that are not sent yet. Default 10 s. What is left then is lost and counted in <see cref="BudgetClient.LostRecords"/>.</summary>
    public TimeSpan FlushTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Called for each record that the engine refused for good, so that it is not lost silently.</summary>
    public Action<Usage.RejectedUsage>? OnRejected { get; init; }

    internal void Validate()
    {
        var faults = new List<string>();
        if (!Address.IsAbsoluteUri) faults.Add($"{nameof(Address)} must be an absolute address");
        if (Timeout <= TimeSpan.Zero) faults.Add($"{nameof(Timeout)} must be above 0");
        if (HoldFor < TimeSpan.FromSeconds(1) || HoldFor > TimeSpan.FromDays(1)) faults.Add($"{nameof(HoldFor)} must be 1 s to 24 h");
        if (OutageLimit < 0 || OutageAmountPerCall < 0) faults.Add($"{nameof(OutageLimit)} and {nameof(OutageAmountPerCall)} must not be negative");
        if (MaxQueuedRecords < 1) faults.Add($"{nameof(MaxQueuedRecords)} must be 1 or more");
        if (MaxBatch is < 1 or > 10_000) faults.Add($"{nameof(MaxBatch)} must be 1 to 10,000");
        if (MaxPause <= TimeSpan.Zero || FlushTimeout < TimeSpan.Zero) faults.Add($"{nameof(MaxPause)} and {nameof(FlushTimeout)} must not be negative");
        if (faults.Count > 0) throw new ArgumentException(string.Join("; ", faults));
    }
}
