using BudgetEngine.Api.Usage;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Simulation.Checks;
using BudgetEngine.Simulation.Cluster;

namespace BudgetEngine.Simulation.Workload;

/// <summary>Makes usage records, and says what each must come to: amounts in nano-units, worked out here in decimal.</summary>
internal sealed class Records(World world)
{
    /// <summary>The priced model; fractions of nano-units, so that rounding shows.</summary>
    public const string Model = "model-1";

    public static readonly RateCard Prices = new(1.5m, 4.25m, 0.5m, null, null, 1_000_000_000);

    private int _ids;

    public string NewId(string prefix = "r") => $"{prefix}{++_ids}";

    public SentRecord Plain(string path, string id, string user)
    {
        var dice = world.Dice;
        var input = new UsageInput { RequestId = id, CostCenter = path, User = user == UsageRow.AnonymousUser ? null : user };
        var (priced, cost) = WithCost(input, dice.Between(0, 25));
        return new SentRecord(priced, cost, path, user, null);
    }

    /// <summary>Settles a reservation, by default at its own cost center and date.</summary>
    public SentRecord Settle(Reserved reserved, string id, long cost, bool final, string? elsewhere = null)
    {
        var input = new UsageInput { RequestId = id, ReservationId = reserved.Text, Final = final, CostCenter = elsewhere };
        var (priced, exact) = WithCost(input, cost);
        return elsewhere is null || elsewhere == reserved.Id.Owner
            ? new SentRecord(priced, exact, reserved.Id.Owner, reserved.Id.User, reserved.Id.Date)
            : new SentRecord(priced, exact, elsewhere, UsageRow.AnonymousUser, null);
    }

    /// <summary>As given, with a fraction that is rounded half to even, or by tokens.</summary>
    private (UsageInput Input, long Cost) WithCost(UsageInput input, long cost)
    {
        switch (world.Dice.Below(6))
        {
            case 0 when cost > 0:
                var halves = cost + 0.5m;
                return (input with { Cost = halves / Money.NanosPerUnit }, (long)Math.Round(halves, MidpointRounding.ToEven));
            case 1 when cost > 0:
                var (tokens, cached, output) = (cost / 2 + 1, cost / 4, cost / 8);
                var rated = Math.Round((tokens - cached) * 1.5m + cached * 0.5m + output * 4.25m, MidpointRounding.ToEven);
                return (input with { Model = Model, InputTokens = tokens, CachedInputTokens = cached, OutputTokens = output }, (long)rated);
            default:
                return (input with { Cost = (decimal)cost / Money.NanosPerUnit }, cost);
        }
    }
}

/// <summary>A reservation as its caller knows it.</summary>
internal sealed class Reserved(ReservationId id, string text, long granted, TimeSpan ttl, bool overLimit, DateTimeOffset askedAt)
{
    public ReservationId Id => id;

    public string Text => text;

    public TimeSpan Ttl => ttl;

    public bool OverLimit { get; set; } = overLimit;

    public long Granted { get; set; } = granted;

    public long Left { get; set; } = granted;

    /// <summary>Not before this, and not much later, it expires.</summary>
    public DateTimeOffset Deadline { get; set; } = askedAt + ttl;

    public ReservationState State { get; set; } = ReservationState.Held;

    /// <summary>An answer was lost: the caller does not know its state for certain.</summary>
    public bool IsUncertain { get; set; }
}
