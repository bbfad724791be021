using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Domain.Reconciliation;

/// <summary>
/// Compares an invoice with the ledger: takes all lines, then everything that was recorded, one by one, and then tells the differences. Its memory is that of the lines and,
/// where lines are sums, of the groups that were recorded; what was recorded call by call is not kept.
/// </summary>
/// <param name="resolution">How finely the ledger counts: an invoice is compared by what the ledger could have booked.</param>
/// <param name="tolerance">Two amounts are the same when they differ by at most this share of the larger.</param>
/// <param name="nameOf">The name under which a model is compared: senders and invoices spell the same model differently.</param>
public sealed class Comparison(Resolution resolution, decimal tolerance, Func<string?, string, string> nameOf)
{
    /// <summary>Groups that were recorded and are not on the invoice, where lines are sums: a model is whatever its sender called it.</summary>
    public const int MaxGroups = 100_000;

    private readonly Dictionary<Key, Side> _sides = [];

    /// <summary>Groups, or calls, that are the same on both sides.</summary>
    public long Matched { get; private set; }

    public decimal Invoiced { get; private set; }

    /// <summary>In nano-units; of many tenants together it may pass 64 bits.</summary>
    public Int128 RecordedNanos { get; private set; }

    /// <returns>False: the lines about this together are more than any cost that can be booked.</returns>
    public bool TryAdd(InvoiceLine line)
    {
        var key = KeyOf(line.RequestId, line.Date, line.Provider, line.Model);
        if (!_sides.TryGetValue(key, out var side)) _sides.Add(key, side = new Side(line.Provider, line.Model));
        side.Invoiced = (side.Invoiced ?? 0) + line.Cost;
        Invoiced += line.Cost;
        return Math.Abs(side.Invoiced.Value) <= resolution.MaxInput;
    }

    /// <summary>After all lines.</summary>
    /// <param name="spend">What was recorded of one call, or of one group.</param>
    /// <param name="extra">Takes a call that is not on the invoice, at once.</param>
    /// <returns>False: there are too many groups to compare.</returns>
    public bool TryAdd(RecordedSpend spend, Action<Mismatch> extra)
    {
        RecordedNanos += spend.Cost.Nanos;
        var key = KeyOf(spend.RequestId, spend.Date, spend.Provider, spend.Model);
        if (_sides.TryGetValue(key, out var side))
        {
            side.Add(spend);
            return true;
        }

        if (spend.RequestId is not null)
        {
            if (spend.Cost != Money.Zero) extra(Extra(spend.RequestId, spend.Date, spend.Provider, spend.Model, spend.Rows, spend.Cost, spend.Dearest));
            return true;
        }

        if (_sides.Count >= MaxGroups) return false;
        _sides.Add(key, side = new Side(spend.Provider, spend.Model));
        side.Add(spend);
        return true;
    }

    /// <summary>After everything that was recorded: the differences, in the order of the lines.</summary>
    public IEnumerable<Mismatch> End()
    {
        foreach (var (key, side) in _sides)
        {
            var (invoiced, recorded) = (side.Invoiced ?? 0, resolution.ToUnits(side.Recorded));
            if (side.Invoiced is null)
            {
                if (side.Recorded != Money.Zero) yield return Extra(null, key.Date, side.Provider, side.Model, side.Rows, side.Recorded, side.Dearest!);
            }
            else if (Math.Abs(invoiced - recorded) <= tolerance * Math.Max(Math.Abs(invoiced), Math.Abs(recorded)) || !resolution.TryRound(invoiced, out var owed) || owed == side.Recorded)
            {
                Matched++;
            }
            else
            {
                var amount = owed - side.Recorded;
                var kind = side.Rows == 0 ? MismatchKind.Missing : MismatchKind.Price;
                yield return new Mismatch(
                    kind, key.RequestId, key.Date, side.Provider, side.Model, side.Rows, owed, side.Recorded, amount, CanBear(side.Dearest, amount));
            }
        }
    }

    private static Mismatch Extra(string? requestId, DateOnly? date, string? provider, string? model, long rows, Money cost, DearestRow dearest) =>
        new(MismatchKind.Extra, requestId, date, provider, model, rows, Money.Zero, cost, -cost, CanBear(dearest, -cost));

    /// <summary>A correction may not bring the net cost of its row below 0.</summary>
    private static DearestRow? CanBear(DearestRow? row, Money amount) => row is not null && (row.Net + amount).Nanos >= 0 ? row : null;

    private Key KeyOf(string? requestId, DateOnly? date, string? provider, string? model) =>
        requestId is not null ? new Key(requestId, null, null) : new Key(null, date, model is null ? null : nameOf(provider, model));

    private readonly record struct Key(string? RequestId, DateOnly? Date, string? Model);

    private sealed class Side(string? provider, string? model)
    {
        public string? Provider { get; } = provider;

        public string? Model { get; } = model;

        public decimal? Invoiced { get; set; }

        public Money Recorded { get; private set; }

        public long Rows { get; private set; }

        public DearestRow? Dearest { get; private set; }

        public void Add(RecordedSpend spend)
        {
            Recorded += spend.Cost;
            Rows += spend.Rows;
            if (Dearest is null || spend.Dearest.Net > Dearest.Net) Dearest = spend.Dearest;
        }
    }
}
