using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace BudgetEngine.Grains.Tests.Contracts;

/// <summary>
/// Two versions side by side: what an earlier version has put on the wire is read by this one. <c>wire.json</c> has one message of every contract in Orleans'
/// binary form, as it was when the contract was made; a message is never changed, only added. BUDGET_SAMPLES=add writes those that are missing beside this source.
/// </summary>
public sealed class WireTests
{
    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true };
    private static readonly IServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();
    private static readonly Serializer _serializer = _services.GetRequiredService<Serializer>();

    private static JsonObject Stored { get; } = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Contracts", "wire.json")))!.AsObject();

    public static TheoryData<Type> Messages => new(ContractTypes.Messages);

    [Fact]
    public void Messages_OfEveryContract_AreStored()
    {
        var missing = ContractTypes.Messages.Where(type => !Stored.ContainsKey(type.Name)).ToList();
        var added = new JsonObject(missing.Select(t => KeyValuePair.Create(t.Name, (JsonNode?)Convert.ToBase64String(_serializer.SerializeToArray<object>(Samples.Read(t))))));
        if (missing.Count > 0 && Environment.GetEnvironmentVariable("BUDGET_SAMPLES") == "add") Add(added);

        Assert.True(missing.Count == 0, $"Run this test with BUDGET_SAMPLES=add, or add to wire.json:\n{added.ToJsonString(_indented)}");
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Message_OfAnEarlierVersion_SaysTheSame(Type message)
    {
        var read = _serializer.Deserialize<object>(Convert.FromBase64String(Stored[message.Name]!.GetValue<string>()))!;

        Assert.Equal(message, read.GetType());
        var known = JsonNode.Parse(Samples.Text(Samples.Stored[message.Name]!))!.AsObject();
        var said = JsonNode.Parse(Samples.Write(read))!.AsObject();
        // Members that were added since have their defaults.
        foreach (var (name, value) in known) Assert.Equal(value?.ToJsonString(), Trimmed(said[name], value)?.ToJsonString());
    }

    [Fact]
    public void Message_OfALaterVersion_IsReadWithoutWhatIsNotKnown()
    {
        var later = new Later("a", 7, DateTimeOffset.UnixEpoch, ["x", "y"], 9);

        var read = _services.GetRequiredService<Serializer<Earlier>>().Deserialize(_services.GetRequiredService<Serializer<Later>>().SerializeToArray(later));

        Assert.Equal(new Earlier("a", 9), read);
    }

    [Fact]
    public void Message_OfAnEarlierVersion_HasDefaultsForWhatItLacks()
    {
        var read = _services.GetRequiredService<Serializer<Later>>().Deserialize(_services.GetRequiredService<Serializer<Earlier>>().SerializeToArray(new Earlier("a", 9)))!;

        Assert.Equal(("a", null, null, null, 9L), (read.Name, read.Count, read.At, read.Tags, read.Amount));
    }

    /// <summary>Without the members that the stored value has not.</summary>
    private static JsonNode? Trimmed(JsonNode? said, JsonNode? known)
    {
        if (said is JsonArray items && known is JsonArray olds) return new JsonArray([.. items.Zip(olds).Select(p => Trimmed(p.First, p.Second)?.DeepClone())]);
        if (said is not JsonObject members || known is not JsonObject names) return said;
        return new JsonObject(names.Select(n => KeyValuePair.Create(n.Key, Trimmed(members[n.Key], n.Value)?.DeepClone())));
    }

    private static void Add(JsonObject added, [CallerFilePath] string source = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(source)!, "..", "Contracts", "wire.json");
        var all = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        foreach (var (name, value) in added) all.TryAdd(name, value?.DeepClone());
        File.WriteAllText(path, new JsonObject(all.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))).ToJsonString(_indented) + "\n");
    }
}

/// <summary>A contract, and the same one version later: members added in between and at the end, by numbers of their own.</summary>
[GenerateSerializer, Immutable, Alias("test.Earlier")]
public sealed record Earlier([property: Id(0)] string Name, [property: Id(3)] long Amount);

[GenerateSerializer, Immutable, Alias("test.Later")]
public sealed record Later(
    [property: Id(0)] string Name, [property: Id(1)] int? Count, [property: Id(2)] DateTimeOffset? At, [property: Id(4)] string[]? Tags, [property: Id(3)] long Amount);
