using System.ComponentModel.DataAnnotations;
using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Api.Keys;

/// <summary>Who may call.</summary>
public sealed class KeysOptions
{
    public const string Section = "Keys";
    public const string AdminKeyVariable = "BUDGET_ADMIN_KEY";
    public const int MinAdminKeyLength = 32;

    /// <summary>Open mode: no key is needed on loopback while none was ever created. Default false. Set by <c>run.sh</c> only: behind a proxy that adds no header, whoever
    /// reaches the proxy is taken for a local caller.</summary>
    public bool Open { get; set; }

    /// <summary>
    /// Keys that are kept, of which the last eighth is for keys without a subtree; those revoked or expired count until retention deletes them. Default 20,000, 8 to
    /// 1,000,000: every process has all of them in memory.
    /// </summary>
    [Range(8, 1_000_000)]
    public int MaxKeys { get; set; } = 20_000;

    /// <summary>
    /// Keys of one tenant; a key with a subtree below it may make half, and half of that for each level down to an eighth. Default 1,000, 8 to 1,000,000: less
    /// refuses honest ones, more lets one tenant take all.
    /// </summary>
    [Range(8, 1_000_000)]
    public int MaxKeysPerTenant { get; set; } = 1_000;

    /// <summary>From the environment (<see cref="AdminKeyVariable"/>), never from a file: a key with <c>admin</c> on everything while it is set.</summary>
    public string? AdminKey { get; set; }

    public SubtreeShares ToShares() => new(MaxKeys, MaxKeysPerTenant);
}
