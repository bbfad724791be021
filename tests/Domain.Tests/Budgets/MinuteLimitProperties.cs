using BudgetEngine.Domain.Budgets;
using BudgetEngine.TestKit.Traffic;
using Xunit.Abstractions;

namespace BudgetEngine.Domain.Tests.Budgets;

/// <summary>The promise of limits by the minute, whatever is asked, given back and settled: in no 60 s is more let through than the limit.</summary>
public sealed class MinuteLimitProperties(ITestOutputHelper output)
{
    private const int Names = 26;

    [Fact]
    public void Minute_WhateverHappens_LetsNoMoreThroughThanTheLimit()
    {
        var random = Seed.NewRandom(output);
        var (calls, refused) = (0, 0);
        for (var run = 0; run < 300; run++) Run(random, ref calls, ref refused);

        output.WriteLine($"{calls} calls let through, {refused} refused");
        // Without both, nothing was shown.
        Assert.InRange(refused, calls / 20, calls * 20);
    }

    private static void Run(Random random, ref int calls, ref int refused)
    {
        var stand = new MinuteStand();
        int? requests = random.Next(3) == 0 ? null : random.Next(1, 8);
        int? tokens = random.Next(3) == 0 ? null : random.Next(10, 200);
        stand.Set(requests, tokens);
        // A settled call used no more than it had announced, so that the promise holds without exception.
        var (open, made) = (new Dictionary<string, Call>(), new List<Call>());
        for (var step = 0; step < 150; step++)
        {
            stand.Wait(random.Next(4) == 0 ? random.NextDouble() * 30 : random.NextDouble() * 3);
            foreach (var name in open.Keys.Where(n => stand.Account.Find(MinuteStand.KeyOf(n)) is null).ToList()) open.Remove(name);
            var pick = ((char)('a' + random.Next(Names))).ToString();
            if (!open.TryGetValue(pick, out var call))
            {
                var announced = random.Next(1, 60);
                if (stand.Ask(pick, announced, ttl: random.Next(1, 90)).Kind != VerdictKind.Granted)
                {
                    refused++;
                    continue;
                }

                calls++;
                made.Add(open[pick] = new Call(stand.Now.MonotonicTicks) { Requests = 1, Tokens = announced });
            }
            else if (random.Next(2) == 0)
            {
                stand.End(pick);
                // Given back: it was not made.
                (call.Requests, call.Tokens) = (0, 0);
                open.Remove(pick);
            }
            else
            {
                call.Tokens = random.Next(call.Tokens + 1);
                stand.Settle(pick, call.Tokens);
                open.Remove(pick);
            }
        }

        AssertWithin(made, requests, c => c.Requests);
        AssertWithin(made, tokens, c => c.Tokens);
    }

    /// <summary>Every 60 s that end with a call.</summary>
    private static void AssertWithin(List<Call> made, int? limit, Func<Call, int> count)
    {
        foreach (var last in made)
        {
            var sum = made.Where(c => c.At <= last.At && c.At > last.At - TimeSpan.TicksPerMinute).Sum(count);
            Assert.True(sum <= (limit ?? int.MaxValue), $"{sum} in a minute, the limit is {limit}");
        }
    }

    private sealed class Call(long at)
    {
        public long At { get; } = at;

        public int Requests { get; set; }

        public int Tokens { get; set; }
    }
}
