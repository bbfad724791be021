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

    /// <summary>From the environment (<see cref="AdminKeyVariable"/>), never from a file: a key with <c>admin</c> on everything while it is set.</summary>
    public string? AdminKey { get; set; }
}
