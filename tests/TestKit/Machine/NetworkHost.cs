using System.Net;

namespace BudgetEngine.TestKit.Machine;

/// <summary>A place in a <see cref="LocalNetwork"/>, in which a process runs as if it had a machine of its own.</summary>
/// <param name="Namespace">The name of its network namespace, as <c>ip netns</c> has it.</param>
/// <param name="Address">Where it is reached, by the test too.</param>
public sealed record NetworkHost(string Namespace, IPAddress Address)
{
    /// <summary>The command that runs another one here, as the same process.</summary>
    public IReadOnlyList<string> Command => ["ip", "netns", "exec", Namespace];
}
