using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BudgetEngine.Fuzz.Grammar;

/// <summary>Price files: some entries of the real one (where it is beside the repository, else of a small one), mutated in structure and bytes.</summary>
internal sealed class PriceFiles
{
    private const string Small =
        """{"sample_spec":{"mode":"x"},"gpt-4.1":{"input_cost_per_token":2e-06,"output_cost_per_token":8e-06,"max_output_tokens":32768,"litellm_provider":"openai","mode":"chat"},"m":{"input_cost_per_token":"1e-7","output_cost_per_token":0}}""";

    private readonly List<(string Name, string Entry)> _entries;

    public PriceFiles(string? path) =>
        _entries = [.. JsonNode.Parse(path is null ? Small : File.ReadAllText(path))!.AsObject().Select(p => (p.Key, p.Value!.ToJsonString()))];

    public static string? Find(string? root) => root is not null && Path.Combine(root, "..", "shared", "data", "litellm-prices.json") is var path && File.Exists(path) ? path : null;

    public byte[] Next(Random random)
    {
        var file = new JsonMembers();
        for (var i = random.Next(5); i >= 0; i--)
        {
            var (name, entry) = _entries[random.Next(_entries.Count)];
            file.Items.Add((random.Next(10) == 0 ? Oddities.AnyString(random) : name, JsonTree.Of(JsonDocument.Parse(entry).RootElement)));
        }

        for (var i = random.Next(4); i > 0; i--) Mutations.Structure(file.Items.Count > 0 && random.Next(4) > 0 ? file.Items[random.Next(file.Items.Count)].Value : file, random);
        var bytes = Encoding.UTF8.GetBytes(file.ToString());
        return random.Next(4) == 0 ? Mutations.Bytes(bytes, random) : bytes;
    }
}
