using System.Globalization;

namespace BudgetEngine.Silo.Demo;

/// <summary>
/// Two months of usage before an instant. It is a function of that instant alone: the same records under the same ids each time, so that a repeat is a duplicate.
/// </summary>
internal static class DemoHistory
{
    public const int Days = 61;

    /// <summary>The project's records bring it to 89.60 dollars.</summary>
    private const int LaunchDays = 30;
    private const int LaunchRecords = 320;

    /// <summary>The spike: agents in a loop, a working day some ten days ago.</summary>
    private const string SpikeOf = "demo/engineering/ci-agents";
    private const int SpikeTimes = 6;
    private const int SpikeDaysAgo = 9;

    /// <summary>When the paused team of banners was still at work.</summary>
    private const int BannersUntilDaysAgo = 3;

    private static readonly DemoWorkload _banners = new("demo/marketing/banners", "openai", "gpt-4.1", "banners", "/v1/responses", 30, 8_000, 0, 1_500, 4);

    /// <summary>Percent of a working day's records, from Sunday on; those of the weekend are the workload's own.</summary>
    private static readonly int[] _ofWeekday = [0, 100, 108, 112, 105, 88, 0];

    /// <summary>How many of 100 records fall into each hour of a day.</summary>
    private static readonly int[] _ofHour = [1, 1, 1, 1, 1, 1, 2, 3, 6, 9, 10, 9, 6, 7, 9, 9, 8, 6, 3, 2, 2, 1, 1, 1];

    /// <summary>The records of one day that lie before <paramref name="began"/>, the earliest first.</summary>
    public static IReadOnlyList<DemoRecord> Of(DateOnly day, DateTimeOffset began)
    {
        var age = DayOf(began).DayNumber - day.DayNumber;
        var records = DemoTenant.Workloads.SelectMany(w => Of(w, day, began)).Concat(LaunchOf(day, age));
        if (age >= BannersUntilDaysAgo) records = records.Concat(Of(_banners, day, began));
        return [.. records.Where(r => r.Timestamp < began).OrderBy(r => r.Timestamp)];
    }

    /// <summary>The days of the history, the earliest first; the last is the one in which it ends.</summary>
    public static IEnumerable<DateOnly> DaysOf(DateTimeOffset began) => Enumerable.Range(0, Days + 1).Select(i => DayOf(began).AddDays(i - Days));

    /// <summary>Small refunds of some records.</summary>
    public static IEnumerable<(string RequestId, string Corrects, string CostCenter)> CorrectionsOf(DateTimeOffset began) =>
        DaysOf(began).Where(d => d.Day % 9 == 0 && d < DayOf(began)).Select(d => (IdOf("demo/support/chatbot", d, 0) + "-refund", IdOf("demo/support/chatbot", d, 0), "demo/support/chatbot"));

    private static DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(instant.UtcDateTime);

    private static string IdOf(string costCenter, DateOnly day, int number) => string.Create(CultureInfo.InvariantCulture, $"{costCenter.Replace('/', '-')}-{day:yyyyMMdd}-{number}");

    private static IEnumerable<DemoRecord> Of(DemoWorkload workload, DateOnly day, DateTimeOffset began)
    {
        // Its own sequence for each day and team: a team that is added later changes nothing of the others.
        var random = new Random(workload.CostCenter.Aggregate(day.DayNumber, (seed, c) => unchecked(seed * 31 + c)));
        var count = CountOf(workload, day, began);
        for (var i = 0; i < count; i++) yield return RecordOf(workload, day, i, random);
    }

    private static int CountOf(DemoWorkload workload, DateOnly day, DateTimeOffset began)
    {
        var age = DayOf(began).DayNumber - day.DayNumber;
        var weekday = day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? workload.Weekend : _ofWeekday[(int)day.DayOfWeek];
        // A third more within the two months.
        var grown = 100 - 25 * age / Days;
        var times = workload.CostCenter == SpikeOf && day == SpikeOn(began) ? SpikeTimes : 1;
        return workload.PerDay * weekday * grown * times / 10_000;
    }

    private static DateOnly SpikeOn(DateTimeOffset began)
    {
        var day = DayOf(began).AddDays(-SpikeDaysAgo);
        return day.DayOfWeek switch { DayOfWeek.Saturday => day.AddDays(-1), DayOfWeek.Sunday => day.AddDays(-2), _ => day };
    }

    private static DemoRecord RecordOf(DemoWorkload workload, DateOnly day, int number, Random random)
    {
        var at = At(day, HourOf(random), random.Next(3_600_000));
        var user = random.Next(workload.Users);
        var (input, output) = (Around(workload.InputTokens, random), Around(workload.OutputTokens, random));
        var latency = 300 + output * 9 + random.Next(400);
        // The first of a day is the one that is corrected, and never fails.
        var fate = number == 0 ? 1_000 : random.Next(1_000);
        var record = new DemoRecord(IdOf(workload.CostCenter, day, number), workload.CostCenter, at, Text($"u-{user}"), workload.Provider, workload.Model)
        {
            Session = Text($"s-{day.DayNumber}-{user}"), RequestPath = workload.RequestPath, LatencyMs = latency, Tags = new Dictionary<string, string> { ["feature"] = workload.Feature },
        };
        return fate switch
        {
            < 9 => record with { Status = "error", ErrorCode = "rate_limited", LatencyMs = 90 + random.Next(60) },
            < 15 => record with { Status = "error", ErrorCode = "upstream_500", LatencyMs = 700 + random.Next(900) },
            < 19 => record with { Status = "timeout", LatencyMs = 60_000 },
            _ => record with { InputTokens = input, CachedInputTokens = input * workload.CachedShare / 100, OutputTokens = output, TimeToFirstTokenMs = 250 + random.Next(500) },
        };
    }

    /// <summary>Of a project whose provider reports what each call costs: as much each day, whatever the weekday, so that its sum is known.</summary>
    private static IEnumerable<DemoRecord> LaunchOf(DateOnly day, int age)
    {
        for (var i = 0; i < LaunchRecords; i++)
        {
            if (LaunchDays - i * LaunchDays / LaunchRecords != age) continue;
            yield return new DemoRecord(IdOf(DemoTenant.Launch, day, i), DemoTenant.Launch, At(day, 8 + i % 11, i * 11_000), Text($"u-{i % 6}"), "openrouter", "gpt-4.1")
            {
                Cost = 0.14m + 0.07m * (i % 5), InputTokens = 20_000, OutputTokens = 9_000 + 500 * (i % 5), LatencyMs = 9_000 + 700 * (i % 7), RequestPath = "/api/v1/chat/completions",
                Tags = new Dictionary<string, string> { ["feature"] = "campaigns" },
            };
        }
    }

    private static int HourOf(Random random)
    {
        var left = random.Next(_ofHour.Sum());
        var hour = 0;
        while (left >= _ofHour[hour]) left -= _ofHour[hour++];
        return hour;
    }

    private static DateTimeOffset At(DateOnly day, int hour, int millisecond) => new DateTimeOffset(day, new TimeOnly(hour, 0), TimeSpan.Zero).AddMilliseconds(millisecond);

    /// <summary>From a fifth to nine fifths of it.</summary>
    private static int Around(int average, Random random) => average / 5 + random.Next(average * 8 / 5);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
