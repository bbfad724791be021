using System.Diagnostics.Metrics;
using BudgetEngine.Api.Operations;
using BudgetEngine.Domain.Amounts;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Metrics;

/// <summary>The engine's own meter. Amounts carry the installation's currency in their name, since it is their unit.</summary>
public sealed class BudgetMeter(IMeterFactory factory, Resolution resolution, IOptions<InstallationOptions> installation)
{
    public const string Name = "BudgetEngine";

    private readonly string _currency = installation.Value.Currency.ToLowerInvariant();

    public Meter Meter { get; } = factory.Create(Name);

    /// <summary>Whose meters these are: in one process there may be several engines.</summary>
    public object Scope { get; } = factory;

    /// <summary>The name of a metric that is an amount: <c>budget.spent</c> is <c>budget.spent.usd</c>.</summary>
    public string Amount(string name) => $"{name}.{_currency}";

    /// <summary>An amount in the currency's units, for people to read: nothing is decided from it.</summary>
    public double Units(Money amount) => amount.Nanos / (double)resolution.PerUnit;
}
