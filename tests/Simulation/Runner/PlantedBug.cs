namespace BudgetEngine.Simulation.Runner;

/// <summary>One guard that can be taken away: where its lines are, and what stands there then.</summary>
internal sealed record PlantedBug(string Name, string Breaks, IReadOnlyList<(string File, string Old, string New)> Changes)
{
    public const string List = "tests/Simulation/PlantedBugs/bugs.txt";

    /// <summary>Those that the simulation has not found.</summary>
    public const string Open = "tests/Simulation/PlantedBugs/open.txt";

    public static IReadOnlyList<PlantedBug> Load(string root, string list = List)
    {
        var bugs = new List<PlantedBug>();
        foreach (var section in ("\n" + File.ReadAllText(Path.Combine(root, list))).Split("\n== ").Skip(1)) bugs.Add(Parse(section));
        return bugs;
    }

    /// <summary>Null: every change applies exactly once; else what does not.</summary>
    public string? Fault(string root)
    {
        foreach (var (file, old, _) in Changes)
        {
            var times = File.ReadAllText(Path.Combine(root, file)).Split(old).Length - 1;
            if (times != 1) return $"{Name}: its lines are {times} times in {file}, not once";
        }

        return null;
    }

    public void Plant(string root)
    {
        foreach (var (file, old, changed) in Changes)
        {
            var path = Path.Combine(root, file);
            File.WriteAllText(path, File.ReadAllText(path).Replace(old, changed, StringComparison.Ordinal));
        }
    }

    private static PlantedBug Parse(string section)
    {
        var lines = section.Split('\n');
        var (name, breaks) = lines[0].Split(": ", 2) is [var n, var b] ? (n, b) : throw new FormatException($"'{lines[0]}' is not 'name: what it breaks'.");
        var changes = new List<(string, string, string)>();
        var (file, old, changed) = ("", "", "");
        foreach (var line in lines.Skip(1).Append("end"))
        {
            if (line.StartsWith('-')) old += line[1..] + "\n";
            else if (line.StartsWith('+')) changed += line[1..] + "\n";
            else if (line.Length > 0)
            {
                if (old.Length > 0) changes.Add((file, old, changed));
                (file, old, changed) = (line, "", "");
            }
        }

        return new PlantedBug(name, breaks, changes);
    }
}
