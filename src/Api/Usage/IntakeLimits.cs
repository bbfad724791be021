using BudgetEngine.Api.Http;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Usage;

/// <summary>What limits the reading of records.</summary>
internal sealed class IntakeLimits(IOptions<UsageOptions> usage, IOptions<ApiOptions> api)
{
    public UsageOptions Usage { get; } = usage.Value;

    public int MaxBodyBytes { get; } = api.Value.MaxBodyBytes;
}
