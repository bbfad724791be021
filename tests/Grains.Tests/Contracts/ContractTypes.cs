using System.Collections.Immutable;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Grains.Interfaces.CostCenters;

namespace BudgetEngine.Grains.Tests.Contracts;

/// <summary>Everything that goes between grains, found by reflection.</summary>
internal static class ContractTypes
{
    private const string Namespace = "BudgetEngine.Grains.Interfaces";

    private static readonly Type[] _plain =
    [
        typeof(bool), typeof(byte), typeof(int), typeof(long), typeof(string), typeof(Guid), typeof(DateOnly), typeof(DateTimeOffset), typeof(TimeSpan),
    ];

    /// <summary>Not what Orleans generates for them, which has a namespace of its own, nor what makes the calls.</summary>
    private static IEnumerable<Type> All => typeof(ICostCenterGrain).Assembly.GetTypes()
        .Where(t => t.IsPublic && t.Namespace!.StartsWith(Namespace, StringComparison.Ordinal) && t != typeof(CostCenterCalls) && t != typeof(UnexpectedFaults));

    public static IReadOnlyList<Type> Messages => [.. All.Where(t => t is { IsInterface: false, IsEnum: false }).OrderBy(t => t.Name, StringComparer.Ordinal)];

    /// <summary>Those of the contracts themselves, and those of the domain that contracts carry.</summary>
    public static IReadOnlyList<Type> Enums =>
        [.. Messages.SelectMany(t => t.GetProperties()).Select(p => Nullable.GetUnderlyingType(p.PropertyType) ?? p.PropertyType).Where(t => t.IsEnum).Distinct()];

    public static IReadOnlyList<Type> Grains => [.. All.Where(t => t.IsInterface)];

    /// <summary>Primitives, strings, a few values of the platform, a usage row and enums of the domain, immutable arrays, other contracts.</summary>
    public static bool IsAllowed(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value) return IsAllowed(value);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>)) return IsAllowed(type.GenericTypeArguments[0]);
        return _plain.Contains(type) || All.Contains(type) || type == typeof(UsageRow) || (type.IsEnum && type.Assembly == typeof(UsageRow).Assembly);
    }
}
