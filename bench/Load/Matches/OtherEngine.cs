namespace BudgetEngine.Load.Matches;

/// <summary>Another build of the engine, which takes part in every match that this one is in.</summary>
/// <param name="Name">In the report.</param>
/// <param name="Program">The path of its BudgetEngine.Silo.dll.</param>
internal sealed record OtherEngine(string Name, string Program)
{
    /// <exception cref="ArgumentException">With what is wrong.</exception>
    public static OtherEngine Parse(string text)
    {
        if (text.Split('=', 2) is not [{ Length: > 0 } name, { Length: > 0 } program]) throw new ArgumentException($"'{text}' is not NAME=PATH_TO_DLL");
        if (name == "engine") throw new ArgumentException("'engine' is this build");
        return File.Exists(program) ? new OtherEngine(name, Path.GetFullPath(program)) : throw new ArgumentException($"there is no file '{program}'");
    }
}
