using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Grains.Interfaces.Usage;

namespace BudgetEngine.Api.Usage;

/// <summary>A record as it goes to its grain, or why it does not.</summary>
/// <param name="Message">With a rejection: what goes to the grain if it turns out to be the repeat of a stored record, for which limits were others.</param>
internal readonly record struct PreparedRecord(UsageMessage? Message, string? GrainKey, UsageResult? Rejection);

/// <summary>The rules of section 4 for one record: where and when it is booked, what it costs, and every fault that it has. Pure.</summary>
internal static class UsageRules
{
    public const string KeyEnded = "The key was revoked or has expired: of what it sends only the final record of a reservation that is still held is taken.";

    public static PreparedRecord Prepare(UsageInput input, UsageContext context)
    {
        if (input.Unreadable is { } unreadable) return Reject(input, unreadable.Code, unreadable.Detail);
        var faults = new List<InputFault>(input.Faults);
        // A given cost beats counts: one that cannot be read beside it is dropped, and costs no money.
        if (input.Cost is not null && faults.RemoveAll(static f => UsageCost.IsOfCounts(f.Field)) > 0) input = input with { Flags = input.Flags | RowFlags.Adjusted };
        if (input.RequestId is null && !Has(faults, "request_id")) faults.Add(new InputFault("request_id", "is required"));
        var booking = Booking.Of(input, context, faults);
        if (context.HeldOnly && !Settles(input, booking, context)) return Reject(input, ApiCode.InvalidKey, KeyEnded);
        UsageCost.AddFaults(input, faults);
        if (faults.Count > 0) return Invalid(input, faults);
        if (booking.UnknownReservation) return Reject(input, ApiCode.UnknownReservation, "The reservation id is not one of ours, and no cost center is named.");
        var aliases = context.Catalog.Policies.Aliases;
        if (!context.Subtree.Reaches(booking.CostCenter, aliases)) return Reject(input, ApiCode.OutsideSubtree, $"The key has no right to '{booking.Named}'.");
        if (booking.Reservation is { } other && !context.Subtree.Reaches(other.Owner, aliases)) return Reject(input, ApiCode.UnknownReservation, "The reservation is not known.");
        if (context.Tenants.Find(booking.CostCenter) is not { } tenant) return Reject(input, ApiCode.UnknownCostCenter, $"The tenant of '{booking.Named}' is not known.");
        return Price(input, booking, tenant, context);
    }

    /// <summary>It is the last word on a reservation that the key reaches, and booked there. Whether that is still held its owner knows.</summary>
    private static bool Settles(UsageInput input, in Booking booking, UsageContext context) =>
        input.Final && booking is { Reservation: { } held, DateInId: not null } && context.Subtree.Reaches(held.Owner, context.Catalog.Policies.Aliases);

    private static PreparedRecord Price(UsageInput input, Booking booking, TenantSettings tenant, UsageContext context)
    {
        var timestamp = input.Timestamp ?? context.Now;
        var today = tenant.Calendar.DateOf(context.Now);
        var date = booking.DateInId ?? tenant.Calendar.DateOf(timestamp);
        if (IsAhead(timestamp, booking, tenant, context.Now))
        {
            return Reject(input, "timestamp_in_future", $"The time of the record is more than {UsageContext.MaxAhead.TotalMinutes} minutes ahead of the server's.");
        }

        var cost = UsageCost.Of(input, context, booking.CostCenter, timestamp, tenant.MaxRecordCost);
        var old = TooOld(timestamp, date, tenant, context);
        if (cost.Rejection is { } unbookable) return Reject(input, (old ?? unbookable).Code, (old ?? unbookable).Detail);
        var flags = cost.Flags | input.Flags | booking.Flags | (date < today ? RowFlags.Late : RowFlags.None) | (context.HeldOnly ? RowFlags.KeyEnded : RowFlags.None);
        var message = UsageMessages.Of(input, booking, timestamp, date, cost, flags, context.Options.StorePreviews);
        var rejection = old ?? TooDear(cost.Amount, tenant, context);
        return new PreparedRecord(
            message, booking.Reservation?.Owner ?? booking.CostCenter, rejection is { } why ? Reject(input, why.Code, why.Detail).Rejection : null);
    }

    private static (string Code, string Detail)? TooOld(DateTimeOffset timestamp, DateOnly date, TenantSettings tenant, UsageContext context)
    {
        var oldest = context.Now - context.Options.Retention;
        if (timestamp >= oldest && date >= tenant.Calendar.DateOf(oldest)) return null;
        return ("timestamp_too_old", $"The time of the record is older than the retention of {context.Options.Retention.TotalDays} days.");
    }

    private static (string Code, string Detail)? TooDear(Money cost, TenantSettings tenant, UsageContext context) =>
        cost > tenant.MaxRecordCost ? ("implausible_cost", $"The cost {context.Resolution.ToText(cost)} is above max_record_cost {context.Resolution.ToText(tenant.MaxRecordCost)}: a wrong unit?") : null;

    /// <summary>
    /// More than a little ahead of the server's clock. The date in an id is the installation's own word: where its clock was set back since, what the reservation cost
    /// is booked all the same. A reservation lives for a day at most, and by so much its sender may be ahead of its date.
    /// </summary>
    private static bool IsAhead(DateTimeOffset timestamp, in Booking booking, TenantSettings tenant, DateTimeOffset now) =>
        timestamp > now + UsageContext.MaxAhead && (booking.DateInId is not { } date || tenant.Calendar.DateOf(timestamp) > date.AddDays(1));

    private static PreparedRecord Invalid(UsageInput input, List<InputFault> faults)
    {
        var code = faults.TrueForAll(f => f.Field == "cost_center") ? ApiCode.InvalidCostCenter : ApiCode.InvalidRequest;
        var detail = string.Join("; ", faults.Select(f => $"{f.Field} {f.Message}"));
        return new PreparedRecord(null, null, new UsageResult(input.RequestId, UsageResultKind.Rejected, Money.Zero, RowFlags.None, code, detail, Errors: faults));
    }

    private static PreparedRecord Reject(UsageInput input, string code, string detail) =>
        new(null, null, new UsageResult(input.RequestId, UsageResultKind.Rejected, Money.Zero, RowFlags.None, code, detail));

    internal static bool Has(List<InputFault> faults, string field)
    {
        foreach (var fault in faults)
        {
            if (fault.Field == field) return true;
        }

        return false;
    }
}
