namespace BudgetEngine.Api.OpenApi;

/// <summary>The member is an amount of the currency, though it is kept in units of it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AmountAttribute : Attribute;
