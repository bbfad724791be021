namespace BudgetEngine.Integration.Tests.Readme;

/// <summary>A shell block, and what it is expected to print.</summary>
internal sealed record ReadmeBlock(List<string> Lines, string? ExpectedWord, string? Expected)
{
    public static List<ReadmeBlock> Read(string[] lines)
    {
        var blocks = new List<ReadmeBlock>();
        var between = int.MaxValue;
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                if (between < int.MaxValue && lines[i].Trim().Length > 0) between++;
                continue;
            }

            var word = lines[i][3..].Trim();
            var body = lines.Skip(i + 1).TakeWhile(l => !l.StartsWith("```", StringComparison.Ordinal)).ToList();
            i += body.Count + 1;
            if (word == "sh") blocks.Add(new ReadmeBlock(body, null, null));
            else if (word is "json" or "text" && between <= 1) blocks[^1] = blocks[^1] with { ExpectedWord = word, Expected = string.Join('\n', body) };
            between = word == "sh" ? 0 : int.MaxValue;
        }

        return blocks;
    }

    public string? FaultOf(string printed, Func<string, string> translate) => ExpectedWord switch
    {
        "json" => Expectation.FaultOfJson(translate(Expected!), printed),
        "text" => Expectation.FaultOfText(translate(Expected!), printed),
        _ => null,
    };
}
