using System.Text.Json;

namespace BudgetEngine.Cli.Configuration;

/// <summary>Where the engine is and with which key it is asked. A flag beats the environment, which beats the file.</summary>
/// <param name="Key">Null: open mode. Never printed.</param>
/// <param name="KeyFrom">Where the key was found, in words.</param>
internal sealed record Connection(Uri Address, string? Key, string KeyFrom)
{
    public const string AddressVariable = "BUDGET_URL";
    public const string KeyVariable = "BUDGET_KEY";
    public const string FileVariable = "BUDGET_CONFIG";
    private const string DefaultAddress = "http://127.0.0.1:8080";

    /// <exception cref="CommandFault">The address or the file is not to be read; names every fault.</exception>
    public static Connection Read(string? url, string? keyFile, Func<string, string?> variables)
    {
        var faults = new List<string>();
        var place = variables(FileVariable) ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config", "budget", "config.json");
        var stored = ReadFile(place, mustExist: variables(FileVariable) is not null, faults);
        var address = url ?? variables(AddressVariable) ?? stored?.Url ?? DefaultAddress;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")) faults.Add($"'{address}' is no address such as {DefaultAddress}");
        var (key, from) = (keyFile, variables(KeyVariable), stored?.Key) switch
        {
            ({ } file, _, _) => (ReadKey(file, faults), $"the file {file}"),
            (_, { Length: > 0 } variable, _) => (variable, KeyVariable),
            (_, _, { } written) => (written, place),
            _ => (null, "nowhere: only open mode serves"),
        };
        return faults.Count > 0 ? throw new CommandFault(faults) : new Connection(uri!, key, from);
    }

    private static string? ReadKey(string file, List<string> faults)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            faults.Add($"the key's file cannot be read: {failed.Message}");
            return null;
        }
    }

    private static StoredConnection? ReadFile(string place, bool mustExist, List<string> faults)
    {
        if (!mustExist && !File.Exists(place)) return null;
        try
        {
            return JsonSerializer.Deserialize<StoredConnection>(File.ReadAllText(place), JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            // Its own message may quote the file, and so the key.
            faults.Add($"{place} is not of the form {{ \"url\": \"{DefaultAddress}\", \"key\": \"bk_...\" }}");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{place} cannot be read: {failed.Message}");
        }

        return null;
    }

    private sealed record StoredConnection(string? Url, string? Key);
}
