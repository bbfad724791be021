using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Api.Usage;

/// <summary>Where a record is booked: as it says, or as the reservation that it names says.</summary>
/// <param name="Named">The cost center as its sender names it, or as the reservation's id does: what was moved since is booked under its new name.</param>
/// <param name="Reservation">Null: none is named, or the id is not one that this installation has given out.</param>
/// <param name="DateInId">The booked date that the reservation's id carries; null: by timestamp.</param>
internal readonly record struct Booking(string CostCenter, string Named, string User, ReservationId? Reservation, DateOnly? DateInId, RowFlags Flags, bool UnknownReservation)
{
    public static Booking Of(UsageInput input, UsageContext context, List<InputFault> faults)
    {
        var path = "";
        if (input.CostCenter is not null)
        {
            if (CostCenterId.TryParse(input.CostCenter, out var parsed, out var fault)) path = parsed.Path;
            else faults.Add(new InputFault("cost_center", fault!));
        }
        else if (input.ReservationId is null && !UsageRules.Has(faults, "cost_center"))
        {
            faults.Add(new InputFault("cost_center", "is required, or reservation_id"));
        }

        // What was moved is booked under its new name.
        var aliases = context.Catalog.Policies.Aliases;
        var named = path;
        if (path.Length > 0) path = aliases.BookedAt(path);
        var user = input.User ?? UsageRow.AnonymousUser;
        if (input.ReservationId is null) return new Booking(path, named, user, null, null, RowFlags.NoReservation, false);
        if (!context.Catalog.SigningKeys.TryRead(input.ReservationId, context.Now, out var id))
        {
            // What was spent is booked all the same, where a record without an id could have said (R18). Nothing else of the id counts.
            if (input.CostCenter is null && ReservationIdText.OwnerOf(input.ReservationId) is { } owner) (path, named) = (aliases.BookedAt(owner), owner);
            return new Booking(path, named, user, null, null, RowFlags.NoReservation, path.Length == 0);
        }

        if (named.Length == 0) named = id.Owner;
        if (!aliases.IsEmpty) id = id with { Owner = aliases.BookedAt(id.Owner) };
        // Another cost center than the reservation's books to the record's, by the record's own time and user.
        return path.Length == 0 || path == id.Owner
            ? new Booking(id.Owner, named, id.User, id, id.Date, RowFlags.None, false)
            : new Booking(path, named, user, id, null, RowFlags.None, false);
    }
}
