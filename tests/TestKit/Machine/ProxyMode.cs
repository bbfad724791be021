namespace BudgetEngine.TestKit.Machine;

public enum ProxyMode
{
    Passes,

    /// <summary>Nothing goes through, in either direction; nobody is told.</summary>
    Stalls,

    /// <summary>What the engine sends arrives, what PostgreSQL answers is lost: a commit whose outcome nobody learns.</summary>
    LosesReplies,
}
