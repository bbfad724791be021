using BudgetEngine.Fuzz.Grammar;

namespace BudgetEngine.Fuzz.Running;

/// <summary>Takes parts away while the fault stays: headers, the query, then ever smaller pieces of the body.</summary>
internal sealed class Minimiser(Func<FuzzInput, Task<string?>> fault, string wanted)
{
    private const int MostTries = 300;

    private int _tries;

    public async Task<FuzzInput> RunAsync(FuzzInput input)
    {
        foreach (var header in input.Headers.ToList()) input = await TryAsync(input, input with { Headers = [.. input.Headers.Where(h => h != header)] });
        if (input.Target.Contains('?')) input = await TryAsync(input, input with { Target = input.Target.Split('?')[0] });
        if (input.Framing == Framing.Chunked) input = await TryAsync(input, input with { Framing = Framing.Length });
        for (var size = input.Body.Length / 2; size > 0 && _tries < MostTries; size /= 2)
        {
            for (var at = 0; at < input.Body.Length && _tries < MostTries;)
            {
                var smaller = await TryAsync(input, input with { Body = [.. input.Body[..at], .. input.Body[Math.Min(at + size, input.Body.Length)..]] });
                if (ReferenceEquals(smaller, input)) at += size;
                input = smaller;
            }
        }

        return input;
    }

    public static string Save(FuzzInput input, string authority)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "budget-fuzz-findings")).FullName;
        var file = Path.Combine(folder, $"{input.Number}-{Guid.NewGuid():N}.http");
        // The key is the host's, and the host is new at each replay.
        File.WriteAllBytes(file, input.Render(authority));
        return file;
    }

    private async Task<FuzzInput> TryAsync(FuzzInput known, FuzzInput smaller)
    {
        if (_tries++ >= MostTries) return known;
        return await fault(smaller) == wanted ? smaller : known;
    }
}
