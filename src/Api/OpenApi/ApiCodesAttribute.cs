using System.Collections.Immutable;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http.Json;

namespace BudgetEngine.Api.OpenApi;

/// <summary>The member is one of the codes of problems.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ApiCodesAttribute : Attribute, IHasWords
{
    public ImmutableArray<string> Words => [.. ApiCode.Table.Keys];
}
