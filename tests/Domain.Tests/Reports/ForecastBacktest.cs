using System.Globalization;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Machine;
using Xunit.Abstractions;

namespace BudgetEngine.Domain.Tests.Reports;

/// <summary>
/// The forecast against a real load: an hour of a public trace (Azure LLM inference 2023), a slice of it as a day and 30 slices as a month, priced at 2 and 8 per
/// million tokens. Every month that has a week before it is forecast at the start of several of its days, by our formula and by the plain pace. The figures of
/// docs/reports.md are what this prints.
/// </summary>
public class ForecastBacktest(ITestOutputHelper output)
{
    private const string Trace = "azure-llm-conversation-2023.csv";
    private const int Month = 30;

    private static readonly int[] _days = [2, 4, 6, 11, 16, 21, 26];

    [SharedFileFact(Trace)]
    public void Forecast_OfARealTrace_IsNearerThanThePlainPace()
    {
        foreach (var seconds in (int[])[60, 30, 20])
        {
            var slices = Read(seconds);
            var (ours, plain) = (new List<decimal>(), new List<decimal>());
            foreach (var day in _days)
            {
                var (errors, naive) = (new List<decimal>(), new List<decimal>());
                for (var start = MonthForecast.PaceDays; start + Month <= slices.Count; start++)
                {
                    var actual = slices.Skip(start).Take(Month).Sum(m => (decimal)m.Nanos);
                    var forecast = MonthForecast.Of(slices.Take(start + day - 1).ToList(), Money.Zero, day, Month, 1)!;
                    errors.Add(Math.Abs(forecast.Expected.Nanos - actual) / actual);
                    naive.Add(Math.Abs(forecast.PlainPace!.Value.Nanos - actual) / actual);
                }

                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds} s a day, start of day {day}: ours {errors.Average():P1}, plain pace {naive.Average():P1}, {errors.Count} months"));
                ours.AddRange(errors);
                plain.AddRange(naive);
            }

            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds} s a day, all: ours {ours.Average():P1}, plain pace {plain.Average():P1}"));
            Assert.True(ours.Average() < plain.Average());
        }
    }

    /// <summary>The cost of each slice; the last, which is cut off, is left out.</summary>
    private static List<Money> Read(int seconds)
    {
        var rows = File.ReadLines(Repository.SharedFile(Trace)!).Skip(1).Select(l => l.Split(',')).Select(c => (
            Time: DateTime.ParseExact(c[0][..19], "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            Nanos: long.Parse(c[1], CultureInfo.InvariantCulture) * 2_000 + long.Parse(c[2], CultureInfo.InvariantCulture) * 8_000)).ToList();
        var costs = new SortedDictionary<int, long>();
        foreach (var (time, nanos) in rows)
        {
            var slice = (int)(time - rows[0].Time).TotalSeconds / seconds;
            costs[slice] = costs.GetValueOrDefault(slice) + nanos;
        }

        return [.. Enumerable.Range(0, costs.Keys.Max()).Select(i => new Money(costs.GetValueOrDefault(i)))];
    }
}
