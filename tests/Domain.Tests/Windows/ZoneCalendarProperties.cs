using System.Collections.Concurrent;
using BudgetEngine.Domain.Windows;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Traffic;
using Xunit.Abstractions;

namespace BudgetEngine.Domain.Tests.Windows;

/// <summary>Over every zone of the machine, from 2000 to 2037 in the long form, in which there are dates that a zone skipped; else from 2022 to 2027.</summary>
public sealed class ZoneCalendarProperties(ITestOutputHelper output)
{
    private static readonly DateOnly FirstDate = new(LongForms.Wanted ? 2000 : 2022, 1, 1);
    private static readonly DateOnly LastDate = new(LongForms.Wanted ? 2037 : 2027, 12, 31);

    [Fact]
    public void Days_OfEveryZone_TileTime()
    {
        var counted = 0L;
        ForEachZone(Zones.Distinct, id =>
        {
            var calendar = ZoneCalendar.Of(id);
            var expected = calendar.StartOf(FirstDate);
            for (var date = FirstDate; date <= LastDate; date = date.AddDays(1))
            {
                var end = calendar.FirstInstantOnOrAfter(date.AddDays(1));
                if (calendar.StartOf(date) is { } start)
                {
                    Assert.Equal(expected, start);
                    AssertHolds(calendar, date, start, end);
                    expected = end;
                }

                Assert.Equal(expected, end);
                Interlocked.Increment(ref counted);
            }
        });
        output.WriteLine($"{counted} days of {Zones.Distinct.Length} different courses among {Zones.All.Length} zones");
    }

    [Fact]
    public void Start_AroundEveryChangeOfOffset_IsTheFirstInstantThatShowsTheDate()
    {
        var changes = 0;
        ForEachZone(Zones.Distinct, id =>
        {
            var zone = Zones.Info(id);
            foreach (var change in Zones.Changes(zone))
            {
                AssertAsScanned(zone, ZoneCalendar.Of(id), change.AddHours(-42), change.AddHours(36));
                Interlocked.Increment(ref changes);
            }
        });
        output.WriteLine($"{changes} changes of offset");
    }

    [Fact]
    public void Start_OfRandomDays_IsTheFirstInstantThatShowsTheDate()
    {
        var random = Seed.NewRandom(output);
        for (var i = 0; i < 1_000; i++)
        {
            var id = Zones.All[random.Next(Zones.All.Length)];
            var at = Zones.First.AddMinutes(random.Next((int)(Zones.Last - Zones.First).TotalMinutes));
            AssertAsScanned(Zones.Info(id), ZoneCalendar.Of(id), at, at.AddHours(50));
        }
    }

    [Fact]
    public void Date_AskedByManyThreadsInRandomOrder_IsThatOfAFreshCalendar()
    {
        var seed = Seed.NewRandom(output).Next();
        var shared = new ZoneCalendar(Zones.Info("America/Sao_Paulo"));
        Parallel.For(0, 8, thread =>
        {
            var random = new Random(seed + thread);
            var own = new ZoneCalendar(Zones.Info("America/Sao_Paulo"));
            for (var i = 0; i < 20_000; i++)
            {
                // Over two years: more days than are kept, so that they push each other out.
                var at = Zones.Instant(new DateTime(2017, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(random.Next(2 * 365 * 86_400)));
                Assert.Equal(own.DateOf(at), shared.DateOf(at));
            }
        });
    }

    /// <summary>Looks at every minute, as nobody would in production. Offsets are whole minutes since 1972.</summary>
    private static void AssertAsScanned(TimeZoneInfo zone, ZoneCalendar calendar, DateTime from, DateTime to)
    {
        from = new DateTime(from.Ticks - from.Ticks % TimeSpan.TicksPerMinute, DateTimeKind.Utc);
        var latest = calendar.DateOf(Zones.Instant(from));
        Assert.True(latest >= Zones.ShownDate(zone, from));
        for (var at = from; at < to; at = at.AddMinutes(1))
        {
            var shown = Zones.ShownDate(zone, at);
            if (shown > latest)
            {
                Assert.Equal(Zones.Instant(at), calendar.StartOf(shown));
                for (var skipped = latest.AddDays(1); skipped < shown; skipped = skipped.AddDays(1)) Assert.Null(calendar.StartOf(skipped));
                latest = shown;
            }

            if (calendar.DateOf(Zones.Instant(at)) != latest) Assert.Fail($"{zone.Id}: {at:O} is not in {latest:O}");
        }
    }

    private static void AssertHolds(ZoneCalendar calendar, DateOnly date, DateTimeOffset start, DateTimeOffset end)
    {
        if (start >= end || calendar.DateOf(start) != date || calendar.DateOf(end.AddTicks(-1)) != date
            || calendar.DateOf(end) <= date || calendar.DateOf(start.AddMilliseconds(-1)) >= date)
        {
            Assert.Fail($"{date:O} does not hold [{start:O}, {end:O})");
        }
    }

    private static void ForEachZone(string[] zones, Action<string> check)
    {
        var faults = new ConcurrentBag<string>();
        Parallel.ForEach(zones, id =>
        {
            try
            {
                check(id);
            }
            catch (Xunit.Sdk.XunitException fault)
            {
                faults.Add($"{id}: {fault.Message}");
            }
        });
        Assert.Empty(faults);
    }
}
