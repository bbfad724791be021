using System.Globalization;
using BudgetEngine.Load.Http;

namespace BudgetEngine.Load.Rivals;

/// <summary>A rival's reservation id; like the engine's it carries its cost center.</summary>
/// <param name="Key">What the rival knows the hold by.</param>
internal readonly record struct RivalReservation(string Key, string CostCenter)
{
    private const string Prefix = "rsv_";

    public static RivalReservation New(string costCenter) => new(UniqueIds.Next().ToString("x16", CultureInfo.InvariantCulture), costCenter);

    public static RivalReservation Parse(string id) =>
        new(id.Substring(Prefix.Length, UniqueIds.Length), id[(Prefix.Length + UniqueIds.Length + 1)..].Replace('.', '/'));

    public override string ToString() => $"{Prefix}{Key}.{CostCenter.Replace('/', '.')}";
}
