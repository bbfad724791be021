using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Denials;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>The log of denials: kept as it was written, listed newest first in pages, filtered, counted, forgotten.</summary>
public abstract class DenialSuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    private static readonly DenialFilter _all = new(null, null, null, null, null, null, null, null);

    [LedgerFact]
    public async Task Read_WhatWasAdded_IsWhatWasAdded()
    {
        Denial[] denials =
        [
            Of(0, "acme/x") with { RefusedBy = new DenialRefusal("acme", null, Period.Daily, new(long.MaxValue), new(3), new(2), "warning", Now.AddHours(1)) { Reservations = 7, NextLapseAt = Now.AddSeconds(59) }, RetryAfterSeconds = 59, Detail = "It is held." },
            Of(1, "acme/x") with { RefusedBy = new DenialRefusal("acme", "u-1", Period.Total, new(5), new(5), new(0), "exceeded", null), Sampled = true },
            Of(2, "acme/x") with { Reason = "paused", RefusedBy = new DenialRefusal("acme/x", null, null, default, default, default, "paused", null) { Model = "gpt" } },
            Of(3, "acme/x") with { Reason = "unknown_model", Session = null, Model = null, RequestId = null, Amount = Money.Zero },
        ];

        await Store.Denials.AddAsync(denials, [], None);

        Assert.Equal(denials.Reverse(), await ReadAsync(_all));
    }

    [LedgerFact]
    public async Task Add_TheSameAgain_ChangesNothing()
    {
        await Store.Denials.AddAsync([Of(0, "acme")], [Omitted("acme", 7)], None);
        await Store.Denials.AddAsync([Of(0, "acme"), Of(1, "acme")], [Omitted("acme", 7)], None);

        Assert.Equal(2, (await ReadAsync(_all)).Count);
        Assert.Equal(7, Assert.Single(await Store.Denials.SumOmittedAsync(_all, None)).Count);
    }

    [LedgerFact]
    public async Task Read_InPages_ListsEachOnce_AlsoThoseOfOneInstant()
    {
        // Every other one at the same instant as the one before.
        Denial[] denials = [.. Enumerable.Range(0, 23).Select(i => Of(i, "acme/x") with { At = Now.AddMilliseconds(i / 2) })];
        await Store.Denials.AddAsync(denials, [], None);

        var read = new List<Denial>();
        while (await Store.Denials.ReadDenialsAsync(_all, read.Count == 0 ? null : new DenialPosition(read[^1].At, read[^1].Id), 5, None) is { Count: > 0 } page) read.AddRange(page);

        Assert.Equal(denials.OrderByDescending(d => d.At).ThenByDescending(d => d.Id.ToString("N"), StringComparer.Ordinal), read);
    }

    [LedgerFact]
    public async Task Read_WithAFilter_ListsWhatItNamesOnly()
    {
        await Store.Denials.AddAsync(
            [
                Of(0, "acme"), Of(1, "acme/x"), Of(2, "acme/x/y"), Of(3, "acme-2"), Of(4, "other"), Of(5, "acme/x") with { User = "u-2" }, Of(6, "acme/x") with { Model = "m-2" },
                Of(7, "acme/x") with { Reason = "paused" }, Of(8, "acme/x") with { Session = "s-2" },
            ],
            [], None);

        Assert.Equal([8, 7, 6, 5, 2, 1, 0], await NumbersAsync(_all with { Under = "acme" }));
        Assert.Equal([2], await NumbersAsync(_all with { Under = "acme/x/y" }));
        Assert.Equal([5], await NumbersAsync(_all with { User = "u-2" }));
        Assert.Equal([6], await NumbersAsync(_all with { Model = "m-2" }));
        Assert.Equal([7], await NumbersAsync(_all with { Reason = "paused" }));
        Assert.Equal([8], await NumbersAsync(_all with { Session = "s-2" }));
        Assert.Equal([4], await NumbersAsync(_all with { RequestId = "req-4" }));
        Assert.Equal([3, 2], await NumbersAsync(_all with { From = Now.AddSeconds(2), To = Now.AddSeconds(4) }));
        Assert.Empty(await NumbersAsync(_all with { Under = "acme", RequestId = "req-4" }));
    }

    [LedgerFact]
    public async Task SumOmitted_OfTwoProcesses_AddsUp_AndALaterCountReplacesAnEarlier()
    {
        var (one, two) = (NextId(), NextId());
        await Store.Denials.AddAsync([], [Omitted("acme/x", 5) with { Process = one }, Omitted("acme/x", 2) with { Process = two }, Omitted("other", 100)], None);
        await Store.Denials.AddAsync([], [Omitted("acme/x", 9) with { Process = one }, Omitted("acme", 1) with { Minute = Now.AddMinutes(3), Reason = "paused" }], None);

        Assert.Equal([new OmittedSum("budget_exceeded", 11, Now, Now), new OmittedSum("paused", 1, Now.AddMinutes(3), Now.AddMinutes(3))], await Store.Denials.SumOmittedAsync(_all with { Under = "acme" }, None));
        Assert.Equal(11, Assert.Single(await Store.Denials.SumOmittedAsync(_all with { Under = "acme/x", User = "somebody" }, None)).Count);
        Assert.Equal("paused", Assert.Single(await Store.Denials.SumOmittedAsync(_all with { From = Now.AddMinutes(1) }, None)).Reason);
        Assert.Equal(111, Assert.Single(await Store.Denials.SumOmittedAsync(_all with { Reason = "budget_exceeded" }, None)).Count);
    }

    [LedgerFact]
    public async Task Forget_WhatIsOlder_InSteps_LeavesTheRest()
    {
        await Store.Denials.AddAsync([.. Enumerable.Range(0, 10).Select(i => Of(i, "acme"))], [Omitted("acme", 1), Omitted("acme", 1) with { Minute = Now.AddMinutes(5) }], None);

        var steps = new List<int>();
        while (steps.Count == 0 || steps[^1] > 0) steps.Add(await Store.Denials.ForgetAsync(Now.AddSeconds(7), 3, None));

        Assert.Equal(8, steps.Sum());
        Assert.Equal([9, 8, 7], await NumbersAsync(_all));
        Assert.Equal(Now.AddMinutes(5), Assert.Single(await Store.Denials.SumOmittedAsync(_all, None)).First);
    }

    private Task<IReadOnlyList<Denial>> ReadAsync(DenialFilter filter) => Store.Denials.ReadDenialsAsync(filter, null, 100, None);

    private async Task<List<int>> NumbersAsync(DenialFilter filter) => [.. (await ReadAsync(filter)).Select(d => (int)(d.At - Now).TotalSeconds)];

    private Denial Of(int number, string costCenter) => new(
        new Guid(number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), Now.AddSeconds(number), costCenter, "u-1", "s-1", "gpt-4.1", $"req-{number}", new Money(100 + number), "budget_exceeded", null, null, false);

    private static OmittedDenials Omitted(string costCenter, long count) => new(Now, Guid.Empty, costCenter, "budget_exceeded", count);
}
