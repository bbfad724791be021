using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetEngine.Cli.Engine;

namespace BudgetEngine.Cli.Setup;

/// <summary>
/// Where new keys are written, each as it is made: a key is told once. Beside the file stands, while a key is being made, one with its name, so that the next run knows of a key that
/// was made by one that died before it could write it down.
/// </summary>
internal sealed class NewKeys(string? place)
{
    private readonly string _making = place + ".making";

    public bool HasPlace => place is not null;

    /// <summary>What is there under this name, and nobody has.</summary>
    public bool IsLost(string name, string id)
    {
        if (place is null || !File.Exists(_making) || File.ReadAllText(_making) != name) return false;
        return !File.Exists(place) || !File.ReadLines(place).Any(line => line.Contains(id, StringComparison.Ordinal));
    }

    public async Task MakeAsync(string name, Func<Task<EngineAnswer>> make)
    {
        await File.WriteAllTextAsync(_making, name);
        Keep((await make()).Body);
        End();
    }

    /// <summary>No key is being made.</summary>
    public void End()
    {
        if (place is not null) File.Delete(_making);
    }

    private void Keep(JsonElement key)
    {
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new StreamWriter(place!, options);
        file.WriteLine(new JsonObject { ["name"] = key.Text("name"), ["id"] = key.Text("id"), ["key"] = key.Text("key") }.ToJsonString());
    }
}
