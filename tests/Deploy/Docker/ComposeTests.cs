using System.Text.Json.Nodes;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Deploy.Harness;
using BudgetEngine.Deploy.Kubernetes;
using BudgetEngine.Deploy.Yaml;

namespace BudgetEngine.Deploy.Docker;

/// <summary>The compose file as far as it can be checked without Docker: known fields, files that are there, names that lead somewhere.</summary>
public sealed class ComposeTests
{
    private static readonly string[] Fields =
    [
        "image", "build", "command", "entrypoint", "environment", "env_file", "ports", "volumes", "depends_on", "healthcheck", "read_only", "tmpfs", "cap_drop", "security_opt",
        "stop_grace_period", "user",
    ];

    private static JsonObject Compose => YamlText.Read(ComposeFile.Text).AsObject();

    public static TheoryData<string> Services => [.. Compose["services"]!.AsObject().Select(s => s.Key)];

    [Theory]
    [MemberData(nameof(Services))]
    public void Service_NamesOnlyWhatIsThere(string name)
    {
        var service = Compose["services"]![name]!.AsObject();
        Assert.All(service, f => Assert.Contains(f.Key, Fields));
        var volumes = Compose["volumes"]!.AsObject().Select(v => v.Key).ToList();
        foreach (var source in (service["volumes"]?.AsArray() ?? []).Select(v => ((string)v!).Split(':')[0]))
        {
            if (source[0] == '.') Assert.True(Path.Exists(Files.Deploy("docker", source)), source);
            else Assert.Contains(source, volumes);
        }

        foreach (var (needed, how) in service["depends_on"]?.AsObject() ?? [])
        {
            var condition = (string?)how!["condition"];
            Assert.Contains(condition, (string[])["service_started", "service_healthy", "service_completed_successfully"]);
            Assert.True(condition != "service_healthy" || Compose["services"]![needed]!["healthcheck"] is not null, $"{needed} has no health check");
        }
    }

    [Theory]
    [InlineData("engine")]
    [InlineData("migrate")]
    public void Engine_IsGivenOnlySettingsThatItKnows(string name)
    {
        var environment = Compose["services"]![name]!["environment"]!.AsObject();
        Assert.All(environment, e => Assert.True(KnownSettings.Contains(e.Key), e.Key));
        Assert.StartsWith("${BUDGET_ADMIN_KEY:?", (string?)environment["BUDGET_ADMIN_KEY"], StringComparison.Ordinal);
    }

    [Fact]
    public void Ports_AreOpenOnThisMachineOnly() =>
        Assert.All(
            Compose["services"]!.AsObject().SelectMany(s => s.Value!["ports"]?.AsArray() ?? []), p => Assert.StartsWith("127.0.0.1:", (string?)p, StringComparison.Ordinal));

    [Fact]
    public void Engine_IsGivenLongerToStopThanItTakes() =>
        Assert.True(TimeSpan.FromSeconds(int.Parse(((string)Compose["services"]!["engine"]!["stop_grace_period"]!).TrimEnd('s'))) > Silo.Hosting.BudgetHost.ShutdownTimeout);

    [Fact]
    public void Images_HaveAVersion() =>
        Assert.All(Compose["services"]!.AsObject().Select(s => (string)s.Value!["image"]!).Where(i => i != "budget-engine"), i => Assert.Matches(@":v?\d+(\.\d+)*(-\w+)?$", i));
}
