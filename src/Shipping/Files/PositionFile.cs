using System.Text.Json;
using System.Text.Json.Serialization;
using BudgetEngine.Shipping.Hosting;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Shipping.Files;

/// <summary>Keeps the position over restarts. It is saved after its records have been acknowledged: what is lost in between is posted again, under the same ids.</summary>
internal sealed class PositionFile(IOptions<ShipOptions> options)
{
    private readonly string _path = options.Value.StateFile;

    /// <summary>Null: nothing has been read yet.</summary>
    /// <exception cref="FormatException">What is kept there is no position.</exception>
    public SavedState? Load()
    {
        if (!File.Exists(_path)) return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(_path), StateJson.Default.SavedState);
        }
        catch (JsonException bad)
        {
            throw new FormatException($"{_path} holds no position of a log: {bad.Message} Delete it to begin with the whole log; what has been posted is not posted twice.", bad);
        }
    }

    /// <summary>Whole or not at all, also after a power cut.</summary>
    public void Save(SavedState state)
    {
        var next = $"{_path}.new";
        using (var stream = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(stream, state, StateJson.Default.SavedState);
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, _path, overwrite: true);
    }
}

/// <summary>What is kept: the position, and what became of the lines so far.</summary>
internal sealed record SavedState(LogPosition Position, ShipTotals Totals);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SavedState))]
internal sealed partial class StateJson : JsonSerializerContext;
