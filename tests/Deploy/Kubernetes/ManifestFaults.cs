using System.Text.Json.Nodes;
using BudgetEngine.Api.Operations;
using BudgetEngine.Silo.Configuration;
using BudgetEngine.Silo.Hosting;

namespace BudgetEngine.Deploy.Kubernetes;

/// <summary>Where manifests and the code disagree. Names and numbers come from the code.</summary>
internal static class ManifestFaults
{
    /// <summary>Between the end of the host's own time-out and the kill.</summary>
    private const long SpareSeconds = 5;

    private const int HttpPort = 8080;

    private static readonly Dictionary<string, int> Ports = new()
    {
        ["http"] = HttpPort, ["silo"] = ClusterSettings.DefaultSiloPort, ["gateway"] = ClusterSettings.DefaultGatewayPort,
    };

    public static List<string> In(List<JsonObject> objects)
    {
        var faults = objects.SelectMany(FieldRules.Read().Faults).ToList();
        if (faults.Count > 0) return faults;
        foreach (var o in objects.Where(o => Manifest.PodOf(o) is not null))
        {
            var name = Manifest.NameOf(o);
            faults.AddRange(PodFaults(Manifest.PodOf(o)!).Concat(Manifest.ContainersOf(o).SelectMany(c => ContainerFaults(c, objects))).Select(f => $"{name}: {f}"));
            if (Manifest.KindOf(o) == "Deployment") faults.AddRange(ServingFaults(o).Select(f => $"{name}: {f}"));
        }

        faults.AddRange(objects.SelectMany(o => ReferenceFaults(o, objects)));
        return faults;
    }

    private static IEnumerable<string> PodFaults(JsonNode pod)
    {
        var spec = pod["spec"]!;
        if ((bool)spec["automountServiceAccountToken"]!) yield return "the pod gets a token of the Kubernetes API";
        var security = spec["securityContext"]!;
        if (!(bool)security["runAsNonRoot"]! || (long)security["runAsUser"]! == 0) yield return "the pod runs as root";
        if ((string?)security["seccompProfile"]!["type"] != "RuntimeDefault") yield return "no seccomp profile";
    }

    private static IEnumerable<string> ContainerFaults(JsonObject container, List<JsonObject> objects)
    {
        var security = container["securityContext"]!;
        if ((bool)security["allowPrivilegeEscalation"]! || !(bool)security["readOnlyRootFilesystem"]!) yield return "the container may change itself";
        if (!security["capabilities"]!["drop"]!.AsArray().Any(c => (string?)c == "ALL")) yield return "capabilities are kept";
        if (!container["volumeMounts"]!.AsArray().Any(m => (string?)m!["mountPath"] == "/tmp")) yield return "nothing can be written, not even /tmp";
        var config = objects.First(o => Manifest.KindOf(o) == "ConfigMap" && Manifest.NameOf(o) == "budget-engine")["data"]!;
        var names = container["env"]!.AsArray().Select(e => (string)e!["name"]!).Concat(config.AsObject().Select(d => d.Key));
        foreach (var unknown in names.Where(n => !KnownSettings.Contains(n))) yield return $"{unknown} is no setting of the engine";
        if ((string?)config["Cluster__SiloPort"] != $"{Ports["silo"]}" || (string?)config["Cluster__GatewayPort"] != $"{Ports["gateway"]}") yield return "the ports of the settings are not those of the pods";
        if (!((string)config["ASPNETCORE_URLS"]!).EndsWith($":{HttpPort}", StringComparison.Ordinal)) yield return "it does not listen on the port http";
        foreach (var variable in container["env"]!.AsArray().Where(e => ((string)e!["name"]!).Contains("KEY", StringComparison.Ordinal) || (string)e["name"]! == "Ledger__Postgres"))
        {
            if (variable!["valueFrom"]?["secretKeyRef"] is null) yield return $"{variable["name"]} is not from a secret";
        }
    }

    private static IEnumerable<string> ServingFaults(JsonObject deployment)
    {
        var spec = Manifest.PodOf(deployment)!["spec"]!;
        var container = Manifest.ContainersOf(deployment).Single();
        foreach (var port in container["ports"]!.AsArray())
        {
            if (Ports.GetValueOrDefault((string)port!["name"]!) != (int)(long)port["containerPort"]!) yield return $"port {port["name"]} is not {Ports.GetValueOrDefault((string)port["name"]!)}";
        }

        foreach (var (probe, path) in new[] { ("startupProbe", OperatorPaths.Ready), ("livenessProbe", OperatorPaths.Live), ("readinessProbe", OperatorPaths.Ready) })
        {
            var get = container[probe]!["httpGet"]!;
            if ((string?)get["path"] != path || (string?)get["port"] != "http") yield return $"{probe} does not ask {path} of http";
        }

        var grace = (long)spec["terminationGracePeriodSeconds"]!;
        var before = (long)container["lifecycle"]!["preStop"]!["sleep"]!["seconds"]!;
        if (grace < before + BudgetHost.ShutdownTimeout.TotalSeconds + SpareSeconds) yield return $"it is killed after {grace} s, before its own {BudgetHost.ShutdownTimeout.TotalSeconds} s to stop are over";
        if (container["env"]!.AsArray().Select(e => (string)e!["name"]!).Intersect(["POD_NAME", "POD_IP", "ORLEANS_SERVICE_ID", "ORLEANS_CLUSTER_ID"]).Count() < 4) yield return "it does not know its place in the cluster";
    }

    private static IEnumerable<string> ReferenceFaults(JsonObject o, List<JsonObject> objects)
    {
        var (kind, name) = (Manifest.KindOf(o), Manifest.NameOf(o));
        var pods = objects.Select(Manifest.PodOf).OfType<JsonNode>().Select(p => p["metadata"]!["labels"]).ToList();
        var selector = kind switch { "Service" => o["spec"]!["selector"], "PodDisruptionBudget" or "Deployment" => o["spec"]!["selector"]!["matchLabels"], "NetworkPolicy" => o["spec"]!["podSelector"]!["matchLabels"], _ => null };
        if (selector is not null && pods.Count(p => Manifest.Selects(selector, p)) != 1) yield return $"{kind} {name} selects no pod, or several kinds";
        if (kind == "HorizontalPodAutoscaler" && !objects.Any(t => Manifest.KindOf(t) == "Deployment" && Manifest.NameOf(t) == (string?)o["spec"]!["scaleTargetRef"]!["name"])) yield return $"{kind} {name} scales nothing";
        if (kind == "Service" && o["spec"]!["ports"]!.AsArray().Any(p => !Ports.ContainsKey((string)p!["targetPort"]!))) yield return $"{kind} {name} leads to no port";
        if (kind == "NetworkPolicy")
        {
            foreach (var fault in NetworkFaults(o)) yield return $"{kind} {name}: {fault}";
        }
    }

    private static IEnumerable<string> NetworkFaults(JsonObject policy)
    {
        foreach (var rule in policy["spec"]!["ingress"]?.AsArray() ?? [])
        {
            var inner = rule!["ports"]!.AsArray().Any(p => (long)p!["port"]! is var port && (port == Ports["silo"] || port == Ports["gateway"]));
            var components = rule["from"]!.AsArray().Select(f => Manifest.Labels(f!["podSelector"]?["matchLabels"]).GetValueOrDefault("app.kubernetes.io/component"));
            if (inner && components.Any(c => c is not ("silo" or "api"))) yield return "Orleans' ports are open to others than silos and API processes";
            if (!inner && rule["ports"]!.AsArray().Any(p => (long)p!["port"]! != HttpPort)) yield return "a port is open that nobody listens on";
        }
    }
}
