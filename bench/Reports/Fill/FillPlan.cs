namespace BudgetEngine.Reports.Fill;

/// <summary>
/// Who spends what: ten tenants, a hundred departments each, the rest teams below them. The same numbers are the same plan. Some teams spend much more than others: the busiest in
/// a hundred have about half of the records.
/// </summary>
internal sealed class FillPlan
{
    public const int Tenants = 10;
    public const int DepartmentsPerTenant = 100;
    private const int Seed = 20_261_128;

    /// <summary>Teams of which the ranks are spent alike; more make the load more even.</summary>
    private const double Evenness = 300;

    private readonly double[] _perDay;
    private readonly string[][] _paths;

    public FillPlan(int costCenters, int records, DateOnly today)
    {
        Teams = costCenters;
        LastDay = today;
        // From the first of the month before: two months, the second as far as it has come.
        FirstDay = new DateOnly(today.Year, today.Month, 1).AddMonths(-1);
        var ranks = Enumerable.Range(0, costCenters).ToArray();
        new Random(Seed).Shuffle(ranks);
        var weights = Array.ConvertAll(ranks, r => 1 / (1 + r / Evenness));
        var perWeight = records / weights.Sum() / Days;
        _perDay = Array.ConvertAll(weights, w => w * perWeight);
        _paths = [.. Enumerable.Range(0, costCenters).Select(t => (string[])[PathOf(t), DepartmentOf(t), TenantOf(t)])];
    }

    public static IReadOnlyList<(string Model, string Provider)> Models { get; } =
    [
        ("gpt-4.1", "openai"), ("gpt-4.1-mini", "openai"), ("gpt-5", "openai"), ("o4-mini", "openai"), ("claude-sonnet-4-5", "anthropic"), ("claude-haiku-4-5", "anthropic"),
        ("claude-opus-4-5", "anthropic"), ("gemini-2.5-pro", "google"), ("gemini-2.5-flash", "google"), ("mistral-large", "mistral"), ("llama-4", "self"), ("text-embedding-3", "openai"),
    ];

    public int Teams { get; }

    public DateOnly FirstDay { get; }

    public DateOnly LastDay { get; }

    public int Days => LastDay.DayNumber - FirstDay.DayNumber + 1;

    public static string TenantOf(int team) => $"tenant-{team % Tenants}";

    public static string DepartmentOf(int team) => $"{TenantOf(team)}/department-{team / Tenants % DepartmentsPerTenant:00}";

    public static string PathOf(int team) => $"{DepartmentOf(team)}/team-{team / (Tenants * DepartmentsPerTenant):000}";

    /// <summary>A team and those above it.</summary>
    public string[] PathsOf(int team) => _paths[team];

    public IEnumerable<DateOnly> AllDays => Enumerable.Range(0, Days).Select(i => FirstDay.AddDays(i));

    /// <summary>The records of a day in the order in which they come.</summary>
    public FillRecord[] RecordsOf(DateOnly day)
    {
        var random = new Random(Seed + day.DayNumber);
        var teams = new List<int>();
        for (var team = 0; team < Teams; team++)
        {
            var count = (int)_perDay[team] + (random.NextDouble() < _perDay[team] % 1 ? 1 : 0);
            for (var i = 0; i < count; i++) teams.Add(team);
        }

        var order = teams.ToArray();
        random.Shuffle(order);
        return Array.ConvertAll(order, team => RecordOf(team, random));
    }

    /// <summary>A team has two users, two features and three models, the first of which it uses most.</summary>
    private static FillRecord RecordOf(int team, Random random)
    {
        var model = (team * 7 + random.Next(10) switch { < 7 => 0, < 9 => 1, _ => 2 }) % Models.Count;
        var (input, output) = (random.Next(100, 8_000), random.Next(10, 1_500));
        var failed = random.Next(50) == 0;
        // A cost that no float has, so that sums show whether they are exact.
        var cost = (long)input * 2_000 + (long)output * 8_001 + team % 997;
        return new FillRecord(team, team * 2 + random.Next(2), model, (team + random.Next(2)) % 8, input, output, cost, failed, random.Next(150_000, 9_000_000));
    }
}
