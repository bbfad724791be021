using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>Semantics, section 4: uniqueness, outcomes, booked dates, what a batch answers.</summary>
public abstract class RecordSuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    [LedgerFact]
    public async Task Commit_NewRow_CountsInLeafAndEveryAncestor()
    {
        var result = await CommitAsync(Row("r1", "acme/eng/ai", 70));

        Assert.Equal(new RecordResult(RecordOutcome.Recorded, new Money(70), RowFlags.NewCostCenter, NewFrom: 1), Assert.Single(result.Records));
        Assert.Equal(["acme", "acme/eng", "acme/eng/ai"], result.Balances.Select(b => b.CostCenter));
        foreach (var balances in result.Balances)
        {
            Assert.Null(balances.User);
            Assert.Equal(Today, balances.Date);
            Assert.Equal(new Balance(new Money(70), 1, 1), balances.Day);
            Assert.Equal(new Balance(new Money(70), 1, 1), balances.Month);
            Assert.Equal(new Money(70), await SpentAsync(balances.CostCenter));
        }

        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Commit_SameContentAgain_IsDuplicateWithStoredCostFlagsAndBalances()
    {
        var row = Row("r1", "acme/eng", 70) with { Flags = RowFlags.Late | RowFlags.Estimated };
        await CommitAsync(row);

        var result = await CommitAsync(row with { Cost = new Money(99), Flags = RowFlags.None, RecordedAt = Now.AddDays(1), BookedDate = Today.AddDays(1) });

        Assert.Equal(new RecordResult(RecordOutcome.Duplicate, new Money(70), RowFlags.Late | RowFlags.Estimated | RowFlags.NewCostCenter), result.Records[0]);
        Assert.Equal([("acme", Today), ("acme/eng", Today)], result.Balances.Select(b => (b.CostCenter, b.Date)));
        Assert.All(result.Balances, b => Assert.Equal(new Balance(new Money(70), 1, 1), b.Day));
        Assert.All(result.Balances, b => Assert.Equal(new Balance(new Money(70), 1, 1), b.Month));
    }

    [LedgerFact]
    public async Task Commit_OtherContentUnderAKnownId_IsConflictWithoutEffect()
    {
        await CommitAsync(Row("r1", "acme/eng", 70));

        var result = await CommitAsync(Row("r1", "acme/eng", 71));

        Assert.Equal(new RecordResult(RecordOutcome.Conflict, new Money(70), RowFlags.NewCostCenter), result.Records[0]);
        Assert.Empty(result.Balances);
        Assert.Equal(new Money(70), await SpentAsync("acme"));
    }

    [LedgerFact]
    public async Task Commit_IdOfAnotherCostCenter_IsBookedOnceForItselfAndFlagged()
    {
        await CommitAsync(Row("r1", "acme/a", 70));
        var batch = BatchOf(Row("r1", "acme/b", 5), Row("r1", "acme/b", 5), Row("r1", "acme/b", 6), Row("r1", "acme/a", 70), Row("r1", "acme/c", 70));

        var first = await Store.Records.CommitAsync(batch, None);
        var again = await Store.Records.CommitAsync(batch, None);
        var later = await CommitAsync(Row("r1", "acme/b", 5), Row("r1", "acme/b", 7));

        Assert.Equal(
            [RecordOutcome.Recorded, RecordOutcome.Duplicate, RecordOutcome.Conflict, RecordOutcome.Duplicate, RecordOutcome.Recorded], first.Records.Select(r => r.Outcome));
        Assert.Equal(RowFlags.Conflict | RowFlags.NewCostCenter, first.Records[0].Flags);
        Assert.Equal(first.Records.Select(r => r with { NewFrom = 0 }), again.Records);
        Assert.Equal([RecordOutcome.Duplicate, RecordOutcome.Conflict], later.Records.Select(r => r.Outcome));
        Assert.Equal(new Money(145), await SpentAsync("acme"));
        Assert.Equal("acme/b", (await Store.Lookup.ReadRecordAsync("acme", ConflictingRequestId.Of("r1", "acme/b"), None))!.CostCenter);
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Commit_FirstRecordOfACostCenter_IsFlaggedNew_AndNoOther()
    {
        await PutAsync("acme/budgeted/below", BudgetOf(1));
        var batch = BatchOf(Row("1", "acme/a/b", 1), Row("2", "acme/a/b", 1), Row("3", "acme/a/c", 1), Row("4", "acme/budgeted", 1), Row("5", "acme/a", 1), Row("6", "beta", 1));

        var first = (await Store.Records.CommitAsync(batch, None)).Records;
        var again = (await Store.Records.CommitAsync(batch, None)).Records;
        var later = (await CommitAsync(Row("7", "acme/a/b", 1), Row("8", "acme/a/d", 1), Row("9", "acme/budgeted/below", 1))).Records;

        Assert.Equal([true, false, true, false, true, true], first.Select(r => (r.Flags & RowFlags.NewCostCenter) != 0));
        Assert.Equal([2, 0, 2, 0, 2, 1], first.Select(r => r.NewFrom));
        Assert.Equal(first.Select(r => r.Flags), again.Select(r => r.Flags));
        Assert.Equal([(RowFlags.None, 0), (RowFlags.NewCostCenter, 3), (RowFlags.None, 0)], later.Select(r => (r.Flags, r.NewFrom)));
        Assert.Equal(RowFlags.NewCostCenter, (await Store.Lookup.ReadRecordAsync("acme", "3", None))!.Flags);
    }

    [LedgerFact]
    public async Task Commit_FirstRecordUnderAnothersId_IsFlaggedNewToo()
    {
        await CommitAsync(Row("r", "acme/a", 1));

        var result = (await CommitAsync(Row("r", "acme/new", 1), Row("s", "acme/new", 1))).Records;

        Assert.Equal([RowFlags.Conflict | RowFlags.NewCostCenter, RowFlags.None], result.Select(r => r.Flags));
    }

    [LedgerFact]
    public async Task Commit_RepeatOfWhatWasBookedAtAnAncestor_IsADuplicate_WhereverItWouldBeBookedNow()
    {
        var sent = Row("r", "acme/made-up/x", 5);
        await CommitAsync(Row("k", "acme", 1), Row("k2", "acme/made-up", 1));
        await CommitAsync(UnknownCostCenter.BookAt(sent, "acme"));

        var repeats = (await CommitAsync(sent, UnknownCostCenter.BookAt(sent, "acme/made-up"), UnknownCostCenter.BookAt(sent, "acme"))).Records;
        var other = Row("r", "acme/made-up/x", 6);
        var others = (await CommitAsync(UnknownCostCenter.BookAt(other, "acme"), other)).Records;

        Assert.All(repeats, r => Assert.Equal((RecordOutcome.Duplicate, RowFlags.UnknownCostCenter), (r.Outcome, r.Flags)));
        // The cost center is known by now, so it has the id for itself.
        Assert.Equal([RecordOutcome.Conflict, RecordOutcome.Recorded], others.Select(r => r.Outcome));
        Assert.Equal(new Money(13), await SpentAsync("acme"));
        await AssertConsistentAsync();
    }

    /// <summary>It was refused, and what was spent is real (simulation, seed 594 of 2026-11-29).</summary>
    [LedgerFact]
    public async Task Commit_OfAnUnknownCostCenter_UnderAnIdOfTheAncestorItself_IsBookedAndFlagged()
    {
        await CommitAsync(Row("r", "acme", 1));
        var (sent, other) = (Row("r", "acme/made-up", 5), Row("r", "acme/made-up", 6));

        var first = (await CommitAsync(UnknownCostCenter.BookAt(sent, "acme"))).Records[0];
        var later = (await CommitAsync(UnknownCostCenter.BookAt(sent, "acme"), UnknownCostCenter.BookAt(other, "acme"))).Records;
        await CommitAsync(Row("k", "acme/made-up", 1));
        var known = (await CommitAsync(sent, other)).Records;

        Assert.Equal((RecordOutcome.Recorded, RowFlags.Conflict | RowFlags.UnknownCostCenter), (first.Outcome, first.Flags));
        Assert.Equal([RecordOutcome.Duplicate, RecordOutcome.Conflict], later.Select(r => r.Outcome));
        Assert.Equal([RecordOutcome.Duplicate, RecordOutcome.Conflict], known.Select(r => r.Outcome));
        Assert.Equal(new Money(7), await SpentAsync("acme"));
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Commit_SameIdInTwoTenants_AreTwoRows()
    {
        var result = await CommitAsync(Row("r1", "acme", 1), Row("r1", "beta", 2));

        Assert.All(result.Records, r => Assert.Equal(RecordOutcome.Recorded, r.Outcome));
        Assert.Equal(new Money(2), await SpentAsync("beta"));
    }

    [LedgerFact]
    public async Task Commit_EqualIdsInOneBatch_FirstWins()
    {
        var result = await CommitAsync(Row("b", "acme/x", 5), Row("a", "acme/x", 1), Row("b", "acme/x", 5), Row("b", "acme/x", 6));

        Assert.Equal(
            [RecordOutcome.Recorded, RecordOutcome.Recorded, RecordOutcome.Duplicate, RecordOutcome.Conflict], result.Records.Select(r => r.Outcome));
        Assert.Equal(new Money(5), result.Records[3].Cost);
        Assert.Equal(new Balance(new Money(6), 2, 1), result.Balances.Single(b => b.CostCenter == "acme").Day);
    }

    [LedgerFact]
    public async Task Commit_SameBatchAgain_ReportsRecordedWithoutSecondEffect()
    {
        await CommitAsync(Row("old", "acme/x", 3));
        var batch = BatchOf(Row("r2", "acme/x", 5), Row("r1", "acme/x", 1), Row("old", "acme/x", 3), Row("r1", "acme/x", 1), Row("r2", "acme/x", 7));
        var first = await Store.Records.CommitAsync(batch, None);

        var second = await Store.Records.CommitAsync(batch, None);

        Assert.Equal(first.Records.Select(r => r with { NewFrom = 0 }), second.Records);
        Assert.Equal(
            [RecordOutcome.Recorded, RecordOutcome.Recorded, RecordOutcome.Duplicate, RecordOutcome.Duplicate, RecordOutcome.Conflict],
            second.Records.Select(r => r.Outcome));
        Assert.Equal(first.Balances, second.Balances);
        Assert.Equal(new Money(9), await SpentAsync("acme"));
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Commit_Heartbeat_AddsCostButNoRequest()
    {
        var result = await CommitAsync(Row("h1", "acme", 5) with { Final = false }, Row("h2", "acme", 6));

        Assert.Equal(new Balance(new Money(11), 1, 1), result.Balances[0].Day);
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Commit_SeveralDates_KeepsDaysApartAndSumsMonths()
    {
        var result = await CommitAsync(
            Row("a", "acme", 1, date: new DateOnly(2026, 10, 31)), Row("b", "acme", 2, date: new DateOnly(2026, 11, 1)), Row("c", "acme", 4));

        Assert.Equal([31, 1, 21], result.Balances.Select(b => b.Date.Day));
        Assert.Equal([1L, 6L, 6L], result.Balances.Select(b => b.Month.Spent.Nanos));
        var node = await NodeAsync("acme");
        Assert.Equal([1L, 2L, 4L], node.Days.Select(d => d.Balance.Spent.Nanos));
        Assert.Equal([new DateOnly(2026, 10, 1), new DateOnly(2026, 11, 1)], node.Months.Select(m => m.Date));
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Commit_Balances_AreSortedByCostCenterUserAndDate()
    {
        await PutAsync("acme", BudgetOf(1, LimitSet.None));
        await CommitAsync(Row("k", "acme/b", 1, "zoe"));

        var result = await CommitAsync(
            Row("1", "acme/b", 1, "zoe"), Row("2", "acme/a", 1, "amy", Today.AddDays(-1)), Row("3", "acme/a", 1, "zoe"), Row("k", "acme/b", 1, "zoe"));

        Assert.Equal(
            [
                ("acme", null, -1), ("acme", null, 0), ("acme", "amy", -1), ("acme", "zoe", 0), ("acme/a", null, -1), ("acme/a", null, 0), ("acme/b", null, 0),
            ],
            result.Balances.Select(b => (b.CostCenter, b.User, b.Date.DayNumber - Today.DayNumber)));
    }

    [LedgerFact]
    public async Task Commit_EveryColumn_ComesBackAsSent()
    {
        var row = new UsageRow
        {
            RequestId = "é-😀-" + new string('x', 190), CostCenter = "acme/a.b_c-d", User = "Nguyễn Văn A 😀 'quoted' \"double\" \\ back", Session = "s\tt\n", Provider = "openai",
            Model = "模型/x", InputTokens = long.MaxValue, CachedInputTokens = 0, CacheWriteTokens = 1, OutputTokens = 2, ReasoningTokens = 3, InputCharacters = 4,
            OutputCharacters = 5, Cost = new Money(long.MaxValue), Status = UsageStatus.Cancelled, Final = false, LatencyMicros = 812_400,
            TimeToFirstTokenMicros = 210_000, ErrorCode = "e", ErrorMessage = "m {0}; drop table usage; --", RequestPath = "/v1/x", Preview = "p", Reason = "why",
            ReservationId = "rsv_1", DetailsJson = """{"units":{"page":1.5},"region":"é"}""", PricedAsJson = """{"model":"x"}""", Flags = RowFlags.Cut | RowFlags.Unpriced | RowFlags.NoReservation, TagsJson = """{"feature":"sé\u0061rch 😀","a.b":"1"}""",
            Timestamp = new DateTimeOffset(1999, 12, 31, 23, 59, 59, TimeSpan.FromHours(7)).AddTicks(9_999_990), RecordedAt = Now.AddTicks(12_345_670),
            BookedDate = new DateOnly(2000, 1, 1), ContentHash = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
        };
        await CommitAsync(row);

        Assert.Equal(row with { Flags = row.Flags | RowFlags.NewCostCenter }, await Store.Lookup.ReadRecordAsync("acme", row.RequestId, None));
        Assert.Equal(TimeSpan.Zero, (await Store.Lookup.ReadRecordAsync("acme", row.RequestId, None))!.Timestamp.Offset);
    }

    [LedgerFact]
    public async Task Commit_Times_KeepMicrosecondsAndDropTheRest()
    {
        await CommitAsync(Row("r", "acme", 1) with { Timestamp = Now.AddTicks(1_234_567), RecordedAt = Now.AddTicks(-3) });

        var row = await Store.Lookup.ReadRecordAsync("acme", "r", None);
        Assert.Equal(Now.AddTicks(1_234_560), row!.Timestamp);
        Assert.Equal(Now.AddTicks(-10), row.RecordedAt);
    }

    [LedgerFact]
    public async Task Commit_MoneyThatPasses64Bits_IsADataErrorAndChangesNothing()
    {
        await CommitAsync(Row("big", "acme/x", long.MaxValue - 10));

        await Assert.ThrowsAsync<LedgerDataException>(() => CommitAsync(Row("a", "acme/y", 3), Row("more", "acme/y", 8)));

        Assert.Equal(new Money(long.MaxValue - 10), await SpentAsync("acme"));
        Assert.Null(await Store.Lookup.ReadRecordAsync("acme", "a", None));
        var result = await CommitAsync(Row("a", "acme/y", 3));
        Assert.Equal(RecordOutcome.Recorded, result.Records[0].Outcome);
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Commit_SumOfTheBatchThatPasses64Bits_IsADataError() =>
        await Assert.ThrowsAsync<LedgerDataException>(() => CommitAsync(Row("a", "acme/x", long.MaxValue), Row("b", "acme/y", 1)));

    [LedgerFact]
    public async Task Commit_NegativeUsage_IsADataError() =>
        await Assert.ThrowsAsync<LedgerDataException>(() => CommitAsync(Row("a", "acme", -1)));

    [LedgerFact]
    public async Task Commit_TagsThatAreNotJson_AreADataError() =>
        await Assert.ThrowsAsync<LedgerDataException>(() => CommitAsync(Row("a", "acme", 1) with { TagsJson = "{nonsense" }));

    [LedgerFact]
    public async Task Commit_EmptyBatch_DoesNothing()
    {
        var result = await CommitAsync();

        Assert.Empty(result.Records);
        Assert.Empty(result.Balances);
    }

    [LedgerFact]
    public async Task Commit_Versions_GrowWithEveryChangeOfABalance()
    {
        for (var i = 1; i <= 3; i++)
        {
            var result = await CommitAsync(Row($"r{i}", "acme", 1));
            Assert.Equal(new Balance(new Money(i), i, i), result.Balances[0].Day);
        }
    }

    [LedgerFact]
    public async Task Exists_AfterUsage_IsTrueOfTheLeafAndItsAncestorsOnly()
    {
        await CommitAsync(Row("r", "acme/eng/ai", 1));

        Assert.True((await NodeAsync("acme/eng")).Exists);
        Assert.True((await NodeAsync("acme/eng/ai")).Exists);
        Assert.False((await NodeAsync("acme/en")).Exists);
        Assert.False((await NodeAsync("acme/eng/ai/x")).Exists);
    }
}
