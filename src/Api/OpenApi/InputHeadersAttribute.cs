using System.Collections.Immutable;
using BudgetEngine.Api.Gateway;
using BudgetEngine.Api.Http.Json;

namespace BudgetEngine.Api.OpenApi;

/// <summary>The member lists input headers of the gateway dialect.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class InputHeadersAttribute : Attribute, IHasWords
{
    public ImmutableArray<string> Words => [.. GatewayProfile.InputHeaders];

    public bool AreMany => true;
}
