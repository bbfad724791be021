using System.Buffers;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Usage;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Api.Ingest.CloudEvents;

/// <summary>Makes usage records of events, for one caller: the data is a usage record, and the event around it gives its identity, and what it leaves out.</summary>
internal sealed class CloudEventRecords(Subtree subtree, Resolution resolution, string otherwise)
{
    public UsageInput Of(in EventAttributes attributes, ReadOnlyMemory<byte> data)
    {
        var input = data.IsEmpty ? new UsageInput { Unreadable = (ApiCode.InvalidRequest, "The event has no data.") } : UsageJson.Read(new ReadOnlySequence<byte>(data), resolution);
        // The record's own id gives way, and so does whatever is wrong with it; an event without an identity may have one in its record.
        if (attributes.Identity is { } identity) input = input with { RequestId = identity, Faults = [.. input.Faults.Where(f => f.Field != "request_id")] };
        else if (input.RequestId is null) input = input with { Faults = [.. input.Faults, new InputFault(attributes.Source is null ? "source" : "id", "is required")] };
        return WithCost(WithTime(WithCostCenter(input, attributes.Subject), attributes.Time));
    }

    /// <summary>A record that names neither cost center nor reservation: the subject, as a path where it is one that the key may reach, else as a name below the key's.</summary>
    private UsageInput WithCostCenter(UsageInput input, string? subject)
    {
        if (input.CostCenter is not null || input.ReservationId is not null || input.Faults.Any(f => f.Field == "cost_center")) return input;
        if (CostCenterId.TryParse(subject, out var path, out _) && subtree.Contains(path.Path)) return input with { CostCenter = path.Path };
        return subject is null && subtree.CostCenter is null ? input : input with { CostCenter = HomePath.Of(subtree, otherwise, subject) };
    }

    private static UsageInput WithTime(UsageInput input, string? time)
    {
        if (time is null || input.Timestamp is not null || input.Faults.Any(f => f.Field == "timestamp")) return input;
        return TimeText.TryParse(time.Trim(), out var instant) ? input with { Timestamp = instant } : input with { Flags = input.Flags | RowFlags.Adjusted };
    }

    /// <summary>The rules for costs in foreign formats.</summary>
    private UsageInput WithCost(UsageInput input) => input.Cost switch
    {
        null => input.Faults.Any(IsNegative) ? input with { Faults = [.. input.Faults.Where(f => !IsNegative(f))], Flags = input.Flags | RowFlags.Adjusted } : input,
        0 => input with { ZeroCostIsRated = input.Status == UsageStatus.Success },
        { } cost => ForeignCost.Give(input, resolution, cost),
    };

    private static bool IsNegative(InputFault fault) => fault is { Field: "cost", Message: "must be at least 0" };
}
