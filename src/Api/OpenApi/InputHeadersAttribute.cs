using System.Collections.Immutable;

namespace BudgetEngine.Api;

/// <summary>The member lists input headers of the gateway dialect.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class InputHeadersAttribute : Attribute, IHasWords
{
    public ImmutableArray<string> Words => [.. GatewayProfile.InputHeaders];

    public bool AreMany => true;
}
