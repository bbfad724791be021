namespace BudgetEngine.Domain.Prices;

/// <summary>The price of some tokens of a meter.</summary>
public readonly record struct TokenRate(TokenMeter Meter, decimal Price);

/// <summary>The price of one of a unit.</summary>
public readonly record struct UnitRate(string Unit, decimal Price);

/// <summary>One layer of a price: a rate for each meter that has one of its own. A meter that is not listed falls back; a rate of 0 is a price.</summary>
public sealed record Rates
{
    public static readonly Rates None = new([], []);

    /// <summary>The prices of <see cref="Tokens"/> in 10^-18 units, ready for the hot path; <see cref="NotARate"/> for one out of bounds.</summary>
    private readonly Int128[] _exact;

    /// <param name="tokens">Each meter at most once, in any order.</param>
    /// <param name="units">Each unit at most once, in any order.</param>
    public Rates(IEnumerable<TokenRate> tokens, IEnumerable<UnitRate> units)
    {
        // Sorted, so that equal rates are equal however they were entered, and the wholes, which every record needs, come early.
        Tokens = [.. tokens.OrderBy(t => t.Meter)];
        Units = [.. units.OrderBy(u => u.Unit, StringComparer.Ordinal)];
        _exact = [.. Tokens.Select(t => ExactRate.TryGet(t.Price, out var rate) ? rate : NotARate)];
    }

    /// <summary>The meter has no rate of its own.</summary>
    internal static Int128 NoRate => -1;

    /// <summary>A price out of bounds.</summary>
    internal static Int128 NotARate => -2;

    public ValueList<TokenRate> Tokens { get; }

    public ValueList<UnitRate> Units { get; }

    public bool IsEmpty => Tokens.Count == 0 && Units.Count == 0;

    public decimal? this[TokenMeter meter]
    {
        get
        {
            foreach (ref readonly var rate in Tokens.Span)
            {
                if (rate.Meter == meter) return rate.Price;
            }

            return null;
        }
    }

    /// <summary>The rate of a meter as an integer, or what stands for none.</summary>
    internal Int128 ExactOf(TokenMeter meter)
    {
        var tokens = Tokens.Span;
        for (var i = 0; i < tokens.Length; i++)
        {
            if (tokens[i].Meter == meter) return _exact[i];
        }

        return NoRate;
    }

    public decimal? this[string unit]
    {
        get
        {
            foreach (ref readonly var rate in Units.Span)
            {
                if (rate.Unit == unit) return rate.Price;
            }

            return null;
        }
    }

    public bool IsFree => Tokens.All(t => t.Price == 0) && Units.All(u => u.Price == 0);

    /// <summary>By what was entered: the integers follow from it.</summary>
    public bool Equals(Rates? other) => other is not null && Tokens == other.Tokens && Units == other.Units;

    public override int GetHashCode() => HashCode.Combine(Tokens, Units);

    /// <summary>The same with another rate of one meter; null takes it away.</summary>
    public Rates With(TokenMeter meter, decimal? price)
    {
        var others = Tokens.Where(t => t.Meter != meter);
        return new Rates(price is { } own ? others.Append(new TokenRate(meter, own)) : others, Units);
    }
}
