using System.Text.RegularExpressions;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Deploy.Harness;
using BudgetEngine.Deploy.Kubernetes;
using BudgetEngine.Silo.Configuration;

namespace BudgetEngine.Deploy.Docker;

/// <summary>What can be said of the Dockerfile without Docker. Its publish commands are run by <c>eng/check-image.sh</c>.</summary>
public sealed partial class DockerfileTests
{
    private static readonly string[] Lines =
        [.. Files.Text("deploy", "docker", "Dockerfile").Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#')];

    private static int LastStage => Array.FindLastIndex(Lines, l => l.StartsWith("FROM ", StringComparison.Ordinal));

    [Fact]
    public void Instructions_AreKnown() =>
        Assert.All(Lines, l => Assert.Contains(l.Split(' ')[0], (string[])["FROM", "ENV", "WORKDIR", "COPY", "RUN", "USER", "EXPOSE", "ENTRYPOINT"]));

    [Fact]
    public void BaseImages_HaveAVersionAndTheRuntimesIsOurs()
    {
        var target = Files.Text("Directory.Build.props");
        var version = TargetVersion().Match(target).Groups[1].Value;
        Assert.All(Lines.Where(l => l.StartsWith("FROM ", StringComparison.Ordinal)), l => Assert.Contains($":{version}-", l, StringComparison.Ordinal));
        // "extra": with tzdata.
        Assert.EndsWith("chiseled-extra", Lines[LastStage], StringComparison.Ordinal);
    }

    [Fact]
    public void Image_RunsAsANumberedUserAndNothingIsRunInItsLastStage()
    {
        var last = Lines[LastStage..];
        Assert.Contains("USER 1654", last);
        Assert.DoesNotContain(last, l => l.StartsWith("RUN ", StringComparison.Ordinal));
        Assert.True(Array.IndexOf(last, "USER 1654") < Array.FindIndex(last, l => l.StartsWith("ENTRYPOINT ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Ports_AreTheCodes() =>
        Assert.Contains($"EXPOSE 8080 {ClusterSettings.DefaultSiloPort} {ClusterSettings.DefaultGatewayPort}", Lines);

    [Fact]
    public void Programs_OfManifestsAndImage_ArePublishedThere()
    {
        var published = Lines.Select(l => Publish().Match(l)).Where(m => m.Success).Select(m => $"{m.Groups[2].Value}/BudgetEngine.{m.Groups[1].Value}.dll").ToList();
        var started = Overlays.Build("prod").SelectMany(Manifest.ContainersOf).Select(c => (string)c["command"]![1]!);
        Assert.All(started.Append(Entrypoint().Match(Lines[^1]).Groups[1].Value), p => Assert.Contains(p, published));
    }

    [Fact]
    public void Context_HasWhatTheBuildNeedsAndNothingElse()
    {
        var ignore = Files.Text(".dockerignore").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("*", ignore);
        Assert.All(ignore.Where(l => l[0] == '!'), l => Assert.True(Path.Exists(Path.Combine(Files.Root, l[1..])), l));
        foreach (var file in Directory.EnumerateFiles(Files.Root).Select(Path.GetFileName).Where(f => f!.StartsWith("Directory.", StringComparison.Ordinal) || f.StartsWith("Banned", StringComparison.Ordinal) || f == "global.json"))
        {
            Assert.Contains($"!{file}", ignore);
        }
    }

    [GeneratedRegex("<TargetFramework>net(.*)</TargetFramework>")]
    private static partial Regex TargetVersion();

    [GeneratedRegex(@"dotnet publish src/\w+/(\w+)\.csproj .* -o (\S+)")]
    private static partial Regex Publish();

    [GeneratedRegex("\"(/app[^\"]*)\"")]
    private static partial Regex Entrypoint();
}
