using System.ComponentModel.DataAnnotations;
using BudgetEngine.Api.OpenApi;

namespace BudgetEngine.Api.Gateway;

/// <summary>The profile of a gateway, as it is taken, answered and stored.</summary>
public sealed record GatewaySettings(
    [property: InputHeaders] IReadOnlyList<string> Trust,
    [property: AllowedValues(402, 403, 429)] int? DenyStatus,
    DenialFormat Format,
    [property: AllowedValues(GatewaySettings.PublicWord, GatewaySettings.FullWord)] string Detail,
    [property: Amount] decimal DefaultAmount,
    [property: Range(1, 86_400)] long TtlSeconds)
{
    /// <summary>The words of <c>detail</c>.</summary>
    internal const string PublicWord = "public";
    internal const string FullWord = "full";

    internal static GatewaySettings Of(GatewayProfile p) =>
        new(p.Trust, p.DenyStatus, p.Format, p.FullDetail ? FullWord : PublicWord, p.DefaultAmount, (long)p.Ttl.TotalSeconds);
}
