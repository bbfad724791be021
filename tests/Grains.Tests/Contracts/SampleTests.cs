using System.Text.Json;
using System.Text.Json.Nodes;

namespace BudgetEngine.Grains.Tests.Contracts;

/// <summary>Stored samples can still be read, and say the same.</summary>
public sealed class SampleTests
{
    public static TheoryData<Type> Messages => new(ContractTypes.Messages);

    [Fact]
    public void Samples_OfEveryContract_AreStored()
    {
        var missing = ContractTypes.Messages.Where(type => !Samples.Stored.ContainsKey(type.Name)).ToList();
        var wanted = new JsonObject(missing.Select(type => KeyValuePair.Create(type.Name, JsonNode.Parse(Samples.Write(Samples.Make(type))))));

        Assert.True(missing.Count == 0, $"Add to samples.json:\n{wanted.ToJsonString(new JsonSerializerOptions { WriteIndented = true })}");
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Sample_WhenRead_IsWrittenTheSameAgain(Type message)
    {
        var stored = Samples.Stored[message.Name]!;

        // Members that were added since are written besides.
        var written = JsonNode.Parse(Samples.Write(Samples.Read(message)))!;
        RemoveAdded(written, stored);

        Assert.Equal(Samples.Text(stored), Samples.Text(written));
    }

    private static void RemoveAdded(JsonNode? written, JsonNode? stored)
    {
        if (written is JsonArray items && stored is JsonArray known)
        {
            foreach (var (item, old) in items.Zip(known)) RemoveAdded(item, old);
        }

        if (written is not JsonObject members || stored is not JsonObject names) return;
        foreach (var added in members.Select(m => m.Key).Except(names.Select(m => m.Key)).ToList()) members.Remove(added);
        foreach (var (name, member) in members.ToList()) RemoveAdded(member, names[name]);
    }
}
