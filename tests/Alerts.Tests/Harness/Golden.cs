using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BudgetEngine.Alerts.Tests.Harness;

/// <summary>Compares with a file of <c>Golden/</c>, which people read. <c>BUDGET_GOLDEN=write</c> writes the files anew: then the difference in git is what is to be judged.</summary>
internal static class Golden
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Matches(string name, byte[] json) => Matches(name, JsonSerializer.Serialize(JsonDocument.Parse(json).RootElement, Indented) + "\n");

    public static void Matches(string name, string text)
    {
        var file = Path.Combine(Folder(), name);
        if (Environment.GetEnvironmentVariable("BUDGET_GOLDEN") == "write") File.WriteAllText(file, text);
        Assert.Equal(File.ReadAllText(file), text);
    }

    private static string Folder([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "..", "Golden");
}
