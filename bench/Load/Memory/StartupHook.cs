/// <summary>Loaded by the runtime into a server as it is shipped (DOTNET_STARTUP_HOOKS): tells on a socket what the process counts of itself.</summary>
internal static class StartupHook
{
    public static void Initialize() => BudgetEngine.Load.Memory.CounterHook.Serve();
}
