namespace BudgetEngine.Fuzz.Grammar;

/// <summary>Channels that are valid as a whole, which fields drawn one by one hardly ever are; nothing is reached through them.</summary>
internal static class ChannelBodies
{
    /// <summary>Stands in literal secrets, and must be seen in no answer and no log. Longer than what mutations copy elsewhere.</summary>
    public const string Mark = "fuzzSecretThatNobodyMayEverSee0123456789abcd";

    private static readonly string[] _levels = ["warning", "critical", "exceeded"];

    public static JsonTree Next(Random random)
    {
        var members = new JsonMembers();
        Add("type", JsonTree.Quoted("webhook"));
        switch (random.Next(6))
        {
            case 0:
                Add("url", Url());
                Add("secret", Text(random.Next(2) == 0 ? "file:fuzz" : $"whsec_{Mark}"));
                break;
            case 1:
                members.Items[0] = ("type", Text(random.Next(3) switch { 0 => "slack", 1 => "discord", _ => "teams" }));
                Add("url", Url());
                break;
            case 2:
                members.Items[0] = ("type", Text("telegram"));
                Add("token", Text($"12345:{Mark}"));
                Add("chat_id", new JsonText(random.Next(2) == 0 ? "-1001" : "\"@channel\""));
                break;
            case 3:
                members.Items[0] = ("type", Text("pagerduty"));
                Add("routing_key", Text("0123456789abcdef0123456789abcdef"));
                break;
            default:
                members.Items[0] = ("type", Text("email"));
                Add("to", new JsonList { Items = [Text("a@example.com"), Text($"b{random.Next(9)}@example.com")] });
                break;
        }

        if (random.Next(2) == 0) Add("under", Text(Values.CostCenter(random)));
        if (random.Next(3) == 0) Add("levels", new JsonList { Items = [Text(_levels[random.Next(_levels.Length)])] });
        if (random.Next(3) == 0) Add("types", new JsonList { Items = [Text("budget.paused"), Text("budget.denied")] });
        if (random.Next(4) == 0) Add("reason", Text("why"));
        return members;

        void Add(string name, JsonTree value) => members.Items.Add((name, value));

        JsonText Url() => Text(random.Next(3) == 0 ? "env:BUDGET_SECRET_FUZZ" : $"https://hooks.invalid/{Mark}/{random.Next(9)}");

        static JsonText Text(string text) => JsonTree.Quoted(text);
    }
}
