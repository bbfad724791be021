using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Domain.Tests.Budgets;

/// <summary>The life of a hold at one node. R1, R5 to R9, and the order of stamps.</summary>
public sealed class AccountHoldTests
{
    [Fact]
    public void Hold_UntilItEnds_IsCountedInFull() => AccountTable.Run(
        "20 10:00:00 | limits daily 10    | node daily 0+0/10",
        "20 10:00:01 | ask a 6            | granted 6, held 6, available 10, node daily 0+6/10",
        "20 10:00:02 | ask b 5            | refused BudgetExceeded, blocked node daily, lapse 599, held 6, available 4, holds 1",
        "20 10:00:03 | ask b 4            | granted 4, held 10, available 4",
        "20 10:00:04 | end a              | ended, held 4, holds 1",
        "20 10:00:05 | end a              | nothing, held 4",
        "20 10:00:06 | ask c 6            | granted 6, held 10");

    [Fact]
    public void Hold_AtItsDeadline_Expires() => AccountTable.Run(
        "20 10:00:00           | limits daily 10       | held 0",
        "20 10:00:00           | ask a 10 ttl 60       | granted 10, held 10",
        "20 10:00:59.9999999   | ask b 1               | refused BudgetExceeded, blocked node daily, lapse 1E-07",
        "20 10:01:00           | ask b 1               | lapsed a, granted 1, held 1",
        "20 10:01:01           | end a                 | nothing, held 1");

    [Fact]
    public void Hold_OfACostCenterBelow_IsKeptFiveSecondsLonger() => AccountTable.Run(
        "20 10:00:00           | ask a 10 ttl 60 owner acme/x | granted 10",
        "20 10:01:04.9999999   | look                         | held 10",
        "20 10:01:05           | look                         | lapsed a, held 0, holds 0");

    [Fact]
    public void Holds_OfDifferentDeadlines_LapseInTheirOrder() => AccountTable.Run(
        "20 10:00:00 | ask a 1 ttl 30                     | held 1",
        "20 10:00:00 | ask b 2 ttl 10                     | held 3",
        "20 10:00:00 | ask c 4 ttl 20                     | held 7",
        "20 10:00:05 | ask b 2 ttl 60 revision 2 lower    | granted 2",
        "20 10:00:20 | look                               | lapsed c, held 3",
        "20 10:00:30 | look                               | lapsed a, held 2",
        "20 10:01:05 | look                               | lapsed b, held 0");

    [Fact]
    public void Hold_UnderALaterRevision_IsReplaced() => AccountTable.Run(
        "20 10:00:00 | limits daily 10                 | held 0",
        "20 10:00:00 | ask a 6                         | granted 6",
        "20 10:00:01 | ask a 9 revision 3              | granted 9, held 9, holds 1, available 4",
        "20 10:00:02 | ask a 7 revision 2              | stale, held 9",
        "20 10:00:03 | ask a 11 revision 4             | refused BudgetExceeded, blocked node daily, held 9",
        "20 10:00:04 | ask a 10 revision 5             | granted 10, held 10",
        "20 10:00:05 | ask a 2 revision 6 lower        | granted 2, held 2");

    [Fact]
    public void Hold_AskedAgainUnderTheSameRevision_AnswersTheSame() => AccountTable.Run(
        "20 10:00:00 | limits daily 10 soft            | held 0",
        "20 10:00:00 | ask a 12                        | granted 12, over, limited",
        "20 10:00:01 | ask a 12                        | granted 12, over, limited, held 12",
        "20 10:00:02 | limits daily 20 soft            | held 12",
        "20 10:00:03 | ask a 14 revision 2             | granted 14, limited",
        "20 10:00:04 | ask a 14 revision 2             | granted 14, limited, held 14",
        "20 10:00:05 | limits daily 1                  | held 14",
        "20 10:00:06 | pause                           | held 14",
        "20 10:00:07 | ask a 14 revision 2             | granted 14, limited, held 14");

    [Fact]
    public void Hold_GrantedInPartAndAskedAgain_AnswersThePart() => AccountTable.Run(
        "20 10:00:00 | limits daily 10                 | held 0",
        "20 10:00:00 | ask a 12 min 5                  | granted 10",
        "20 10:00:01 | ask a 12 min 5                  | granted 10, held 10");

    [Fact]
    public void Attempt_Later_ReplacesTheHoldWithItsDateAndUser() => AccountTable.Run(
        "20 10:00:00 | limits daily 10                                      | held 0",
        "20 10:00:00 | per_user daily 10                                    | held 0",
        "20 10:00:00 | ask a 6 attempt 5 user bob                           | granted 6, held 6",
        "20 10:00:00 | look user bob                                        | user daily 0+6/10",
        "21 10:00:00 | ask a 8 attempt 9 user zoe                           | lapsed a, granted 8, held 8, user daily 0+8/10",
        "21 10:00:01 | ask a 9 attempt 10 user bob date 2026-11-20          | granted 9, held 9, holds 1, user daily 0+9/10",
        "21 10:00:01 | look user zoe                                        | user daily 0+0/10, node daily 0+0/10",
        "21 10:00:02 | ask a 1 attempt 9                                    | stale, held 9");

    [Fact]
    public void Attempt_EarlierUnderALaterRevision_ChangesNothing() => AccountTable.Run(
        "20 10:00:00 | ask a 6 attempt 5               | granted 6",
        "20 10:00:01 | ask a 2 attempt 4 revision 8    | stale, held 6",
        "20 10:00:02 | ask a 2 attempt 5 revision 8    | granted 2, held 2",
        "20 10:00:03 | ask a 3 attempt 7               | granted 3, held 3");

    [Fact]
    public void Release_Remembered_RefusesItsAttemptAndEarlierOnes() => AccountTable.Run(
        "20 10:00:00           | ask a 6 attempt 5              | granted 6",
        "20 10:00:01           | end a attempt 5                | ended, held 0",
        "20 10:00:02           | ask a 6 attempt 5              | stale",
        "20 10:00:02           | ask a 6 attempt 5 revision 9   | stale",
        "20 10:00:02           | ask a 6 attempt 5 revision 9 lower | stale",
        "20 10:00:02           | ask a 6 attempt 4              | stale, held 0",
        "20 10:00:02           | ask a 6 attempt 6              | granted 6, held 6",
        "20 10:00:03           | end a attempt 5                | nothing, held 6",
        "20 10:00:04           | end a attempt 7                | ended, held 0",
        "20 10:00:05           | ask a 6 attempt 7              | stale");

    [Fact]
    public void Release_AfterSixtySeconds_IsForgotten() => AccountTable.Run(
        "20 10:00:00           | end a attempt 5                | nothing",
        "20 10:00:59.9999999   | ask a 6 attempt 5              | stale",
        "20 10:01:00           | ask a 6 attempt 5              | granted 6, held 6");

    [Fact]
    public void Release_Repeated_IsRememberedSixtySecondsFromTheLast() => AccountTable.Run(
        "20 10:00:00           | end a attempt 5                | nothing",
        "20 10:00:50           | end a attempt 5                | nothing",
        "20 10:01:49.9999999   | ask a 6 attempt 5              | stale",
        "20 10:01:50           | ask a 6 attempt 5              | granted 6");

    [Fact]
    public void Release_OfAnEarlierAttemptAfterALater_IsRememberedInFull() => AccountTable.Run(
        "20 10:00:00           | end a attempt 5                | nothing",
        "20 10:00:50           | end a attempt 3                | nothing",
        "20 10:01:40           | ask a 6 attempt 3              | stale, held 0");

    [Fact]
    public void Hold_SettledPartly_KeepsTheRest() => AccountTable.Run(
        "20 10:00:00 | limits daily 10                 | held 0",
        "20 10:00:00 | ask a 8                         | granted 8",
        "20 10:00:01 | settle a to 3                   | node daily 0+3/10",
        "20 10:00:02 | spent 5                         | node daily 5+3/10",
        "20 10:00:03 | ask a 6 revision 2              | refused BudgetExceeded, blocked node daily, held 3",
        "20 10:00:04 | ask a 5 revision 3              | granted 5, node daily 5+5/10",
        "20 10:00:05 | settle a to 0                   | held 0, holds 1",
        "20 10:00:06 | end a                           | ended, holds 0");

    [Fact]
    public void Hold_BeingSettled_DoesNotExpireAndPromisesNoLapse() => AccountTable.Run(
        "20 10:00:00 | limits daily 10       | held 0",
        "20 10:00:00 | ask a 10 ttl 10       | granted 10",
        "20 10:00:01 | busy a                | held 10",
        "20 10:05:00 | ask b 1               | refused BudgetExceeded, blocked node daily, held 10",
        "20 10:05:01 | end a                 | ended, held 0");

    [Fact]
    public void Hold_LoweredAtANodeThatForgotIt_IsHeldAgain() => AccountTable.Run(
        "20 10:00:00 | limits daily 10                          | held 0",
        "20 10:00:00 | ask a 12 revision 7 lower owner acme/x   | granted 12, held 12",
        "20 10:00:01 | ask b 1                                  | refused BudgetExceeded, blocked node daily, lapse 604");

    [Fact]
    public void Restore_HoldOfTheLedger_IsCountedUntilItsDeadline()
    {
        var table = new AccountTable();
        table.Rows("20 10:00:00 | limits daily 10 | held 0");
        var ask = new AccountTableWords("ask a 9 ttl 30 owner acme/x attempt 5 revision 8").Ask("acme", table.Now);
        var createdAt = table.Now.Utc.AddHours(-3);
        table.Account.Restore(ask, table.Now, Account.AncestorGrace, overLimit: true, createdAt);
        Assert.Equal((true, createdAt), (table.Account.Find(ask.Key)!.OverLimit, table.Account.Find(ask.Key)!.CreatedAt));
        table.Account.Restore(ask with { Attempt = new Stamp(4) }, table.Now, Account.AncestorGrace, overLimit: false, table.Now.Utc);
        Assert.Equal(createdAt, table.Account.Find(ask.Key)!.CreatedAt);
        table.Rows(
            "20 10:00:01 | ask b 2                      | refused BudgetExceeded, blocked node daily, lapse 34, held 9",
            "20 10:00:02 | ask a 1 attempt 5 revision 7 | stale",
            "20 10:00:35 | ask b 2                      | lapsed a, granted 2, held 2");
    }

    [Fact]
    public void Held_NearTheEndOfTheNumbers_RefusesInsteadOfOverflowing()
    {
        var table = new AccountTable();
        table.Rows("20 10:00:00 | limits total 1000000000000000000 soft | held 0");
        for (var i = 0; i < 30; i++)
        {
            var ask = new AccountTableWords($"ask {(char)('A' + i)} {Money.MaxInput.Nanos}").Ask("acme", table.Now);
            var verdict = table.Account.Decide(ask, table.Now);
            Assert.Equal(i < 4 ? VerdictKind.Granted : VerdictKind.Refused, verdict.Kind);
            if (verdict.Kind == VerdictKind.Granted) table.Account.Apply(ask, verdict, table.Now, TimeSpan.Zero);
            else Assert.Equal(DenialReason.TooManyReservations, verdict.Reason);
        }

        table.Rows("20 10:00:01 | ask A 1000000000000000000 attempt 2 | granted 1000000000000000000, over, holds 4");
    }
}
