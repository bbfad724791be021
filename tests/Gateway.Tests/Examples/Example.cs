namespace BudgetEngine.Gateway.Tests.Examples;

/// <summary>A block of a page.</summary>
/// <param name="Section">The heading above it.</param>
internal sealed record Example(string Section, string Language, string Text)
{
    private const string Fence = "```";

    public static List<Example> Read(string file)
    {
        var (examples, section, language, lines) = (new List<Example>(), "", (string?)null, new List<string>());
        foreach (var line in File.ReadLines(file))
        {
            if (language is null && line.StartsWith("## ", StringComparison.Ordinal))
            {
                section = line[3..];
            }
            else if (!line.StartsWith(Fence, StringComparison.Ordinal))
            {
                if (language is not null) lines.Add(line);
            }
            else if (language is null)
            {
                language = line[Fence.Length..];
            }
            else
            {
                examples.Add(new Example(section, language, string.Join('\n', lines) + "\n"));
                (language, lines) = (null, []);
            }
        }

        return examples;
    }
}
