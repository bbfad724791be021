using System.Collections.Immutable;

namespace BudgetEngine.Api;

/// <summary>The member is one of the codes of problems.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ApiCodesAttribute : Attribute, IHasWords
{
    public ImmutableArray<string> Words => [.. ApiCode.Table.Keys];
}
