using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Fuzz.Grammar;

/// <summary>Ids of reservations: as the engine gave them, and as somebody makes them up who knows how they are built.</summary>
internal sealed class ReservationIds(Harvest harvest)
{
    private const int ForgedOneIn = 3;

    /// <param name="forged">The engine has not given it out.</param>
    public string Next(Random random, out bool forged)
    {
        forged = false;
        if (harvest.Any("reservation_id", random) is not { } known) return "rsv_none";
        if (random.Next(ForgedOneIn) > 0) return known;
        var id = Forge(ForgedId.Of(known), random);
        var text = random.Next(6) == 0 ? id.Unsigned() : id.ToString();
        forged = text != known;
        return text;
    }

    private static ForgedId Forge(ForgedId id, Random random)
    {
        do
        {
            id = random.Next(8) switch
            {
                0 => id with { Attempt = id.Attempt + random.Next(-3, 4) },
                1 => id with { Attempt = random.Next(2) == 0 ? long.MaxValue : random.NextInt64(long.MinValue, long.MaxValue) },
                2 => id with { Day = id.Day + random.Next(-2, 3) },
                3 => id with { Day = random.Next(int.MinValue, int.MaxValue) },
                4 => id with { User = random.Next(3) == 0 ? Oddities.AnyString(random) : $"u{random.Next(6)}" },
                5 => id with { Owner = random.Next(3) == 0 ? Oddities.AnyString(random) : Values.CostCenter(random) },
                6 => id with { Key = new Guid(random.Next(), 0, 0, new byte[8]) },
                _ => id with { SigningKey = (ushort)random.Next(3), Signature = [.. id.Signature.Select(b => (byte)(b ^ random.Next(2)))] },
            };
        }
        while (random.Next(3) == 0);
        return id;
    }
}
