using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.Usage;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>The reservation that a message names.</summary>
internal static class ReservationClaims
{
    public static ReservationClaim Claim(this ExtendRequest r) => new(r.Key, new Stamp(r.Attempt), r.User, r.Date);

    public static ReservationClaim Claim(this ReleaseRequest r) => new(r.Key, new Stamp(r.Attempt), r.User, r.Date);

    public static ReservationClaim Claim(this FindRequest r) => new(r.Key, new Stamp(r.Attempt), r.User, r.Date);

    public static ReservationClaim Claim(this SettleMessage s) => new(s.Key, new Stamp(s.Attempt), s.User, s.Date);
}
