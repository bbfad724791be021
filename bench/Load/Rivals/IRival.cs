using BudgetEngine.Load.Loads;

namespace BudgetEngine.Load.Rivals;

/// <summary>What people would use instead of the engine, behind the same web server and the same reading of JSON.</summary>
internal interface IRival : IAsyncDisposable
{
    /// <summary>Holds <see cref="RivalAmounts.Held"/>, or says false: a limit would be passed.</summary>
    ValueTask<bool> CheckAsync(string costCenter, string reservation);

    /// <returns>False: there is no such hold.</returns>
    ValueTask<bool> ReleaseAsync(string costCenter, string reservation);

    /// <summary>Books <see cref="RivalAmounts.Cost"/> and ends the hold.</summary>
    /// <returns>False: the request id is known.</returns>
    ValueTask<bool> SettleAsync(string costCenter, string reservation, RivalRecord record);

    /// <summary>Books <see cref="RivalAmounts.Cost"/>.</summary>
    /// <returns>False: the request id is known.</returns>
    ValueTask<bool> PostAsync(string costCenter, RivalRecord record);

    /// <summary>What it has come to, over all leaves that are never refused.</summary>
    ValueTask<Totals> TotalsAsync();
}

/// <summary>Sums, in nano-units.</summary>
/// <param name="Records">Null: none are kept.</param>
internal sealed record Totals(long Spent, long Held, long? Records);

/// <summary>What the requests of the loads come to. A rival does not rate tokens; that is free for it.</summary>
internal static class RivalAmounts
{
    /// <summary>1,200 input and 800 output tokens of <see cref="Bodies.Price"/>.</summary>
    public const long Held = 8_800_000;

    /// <summary>1,180 input and 240 output tokens of it.</summary>
    public const long Cost = 4_280_000;

    /// <summary>9 million dollars: never reached, and exact in a Lua number.</summary>
    public const long Limit = 9_000_000_000_000_000;
}
