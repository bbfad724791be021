namespace BudgetEngine.Ledger.Records;

/// <summary>What is unique among the rows of callers, in the order in which every transaction inserts and locks them.</summary>
internal readonly record struct RequestKey(string Tenant, string RequestId) : IComparable<RequestKey>
{
    public int CompareTo(RequestKey other)
    {
        var order = string.CompareOrdinal(Tenant, other.Tenant);
        return order != 0 ? order : string.CompareOrdinal(RequestId, other.RequestId);
    }

    // Tenants are few.
    public override int GetHashCode() => RequestId.GetHashCode();
}
