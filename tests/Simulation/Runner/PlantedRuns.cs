using System.Diagnostics;
using System.Globalization;

namespace BudgetEngine.Simulation.Runner;

/// <summary>Plants one bug after the other in a copy of the repository, builds it, and counts how many seeds the simulation needs to find it.</summary>
internal sealed class PlantedRuns(string root, string copy, int seeds, int threads)
{
    private static readonly string[] _parts = ["src", "tests/SimulatedSilo", "tests/TestKit", "tests/Simulation", "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json", ".editorconfig", "BannedSymbols.txt", "BannedSymbols.Deterministic.txt"];

    private const string Simulation = "tests/Simulation";

    private string Output => Path.Combine(copy, "artifacts/bin/Simulation/release");

    private string Sound => Path.Combine(copy, "artifacts/sound");

    /// <returns>The rows of the table: name, how many seeds, what was found; null seeds: it was not found.</returns>
    public IEnumerable<(PlantedBug Bug, int? Seeds, string Found)> Run(IReadOnlyList<string> names)
    {
        foreach (var part in _parts) Copy(Path.Combine(root, part), Path.Combine(copy, part));
        if (Build(Simulation, []) is { } broken) throw new InvalidOperationException(broken);
        foreach (var assembly in System.IO.Directory.EnumerateFiles(Output, "BudgetEngine.*.dll")) Copy(assembly, Path.Combine(Sound, Path.GetFileName(assembly)));
        foreach (var bug in PlantedBug.Load(root).Where(b => names.Count == 0 || names.Contains(b.Name)))
        {
            foreach (var part in _parts) Copy(Path.Combine(root, part), Path.Combine(copy, part));
            TakeSound();
            if (bug.Fault(copy) is { } fault) throw new InvalidOperationException(fault);
            bug.Plant(copy);
            yield return Find(bug);
        }
    }

    private (PlantedBug, int?, string) Find(PlantedBug bug)
    {
        var projects = bug.Changes.Select(c => string.Join('/', c.File.Split('/').Take(2))).Distinct().ToList();
        foreach (var project in projects)
        {
            if (Build(project, ["--no-restore", "--no-dependencies"]) is { } fault) return (bug, null, fault);
        }

        // What it refers to, and what refers to it, stays as it was: a planted bug changes no signature. A build of the simulation itself has brought what was planted before.
        if (projects.Contains(Simulation)) TakeSound(but: "BudgetEngine.Simulation.dll");
        foreach (var name in projects.Where(p => p != Simulation).Select(p => Path.GetFileName(p)))
        {
            File.Copy(Path.Combine(copy, "artifacts/bin", name, "release", $"BudgetEngine.{name}.dll"), Path.Combine(Output, $"BudgetEngine.{name}.dll"), overwrite: true);
        }

        if (FirstViolation(from: 0, seeds) is not { } found) return (bug, null, "not found");
        // A fault of the source itself would make every planted bug look found.
        TakeSound();
        return FirstViolation(from: found.Seeds - 1, 1) is null ? (bug, found.Seeds, found.Violation) : (bug, null, $"the source without it fails at seed {found.Seeds - 1} too: {found.Violation}");
    }

    private void TakeSound(string? but = null)
    {
        foreach (var assembly in System.IO.Directory.EnumerateFiles(Sound).Where(a => Path.GetFileName(a) != but)) File.Copy(assembly, Path.Combine(Output, Path.GetFileName(assembly)), overwrite: true);
    }

    /// <summary>How many seeds it takes, and what is violated then; null: nothing in so many seeds.</summary>
    private (int Seeds, string Violation)? FirstViolation(int from, int seeds)
    {
        var (found, output) = Start(
            "dotnet",
            [
                Path.Combine(Output, "BudgetEngine.Simulation.dll"), "--from", from.ToString(CultureInfo.InvariantCulture), "--seeds", seeds.ToString(CultureInfo.InvariantCulture),
                "--until-violation", "--threads", threads.ToString(CultureInfo.InvariantCulture),
            ]);
        var words = output.Split('\n')[0].Split('\t', 2);
        return found == 0 || words.Length < 2 ? null : (int.Parse(words[0], CultureInfo.InvariantCulture), words[1]);
    }

    /// <summary>Null: built. No analyzers: they have passed on the real source. What is planted may well leave something unused.</summary>
    private string? Build(string project, string[] more)
    {
        var (code, log) = Start(
            "dotnet",
            [
                "build", Path.Combine(copy, project), "-c", "Release", "--nologo", "-v", "quiet", $"-p:ArtifactsPath={copy}/artifacts/", "-p:RunAnalyzers=false",
                "-p:TreatWarningsAsErrors=false", "-p:EnforceCodeStyleInBuild=false", .. more,
            ]);
        return code == 0 ? null : "it does not build: " + log.Split('\n').FirstOrDefault(l => l.Contains("error", StringComparison.Ordinal));
    }

    /// <summary>Copies what has changed: the rest needs no building again.</summary>
    private static void Copy(string from, string to)
    {
        if (File.Exists(from))
        {
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            var bytes = File.ReadAllBytes(from);
            // Written anew, so that it is newer than what an interrupted run has built of it with a bug in it.
            if (!File.Exists(to) || !bytes.AsSpan().SequenceEqual(File.ReadAllBytes(to))) File.WriteAllBytes(to, bytes);
            return;
        }

        // What was moved away since the last time would be compiled twice.
        foreach (var old in System.IO.Directory.Exists(to) ? System.IO.Directory.GetFileSystemEntries(to) : [])
        {
            if (Path.Exists(Path.Combine(from, Path.GetFileName(old)))) continue;
            if (File.Exists(old)) File.Delete(old);
            else System.IO.Directory.Delete(old, recursive: true);
        }

        foreach (var entry in System.IO.Directory.EnumerateFileSystemEntries(from))
        {
            if (Path.GetFileName(entry) is not ("obj" or "bin" or "artifacts")) Copy(entry, Path.Combine(to, Path.GetFileName(entry)));
        }
    }

    private static (int Code, string Output) Start(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
