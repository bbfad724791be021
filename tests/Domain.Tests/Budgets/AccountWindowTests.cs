namespace BudgetEngine.Domain.Tests.Budgets;

/// <summary>Windows, partial and soft grants, and what a refusal names. R1 to R4.</summary>
public sealed class AccountWindowTests
{
    [Fact]
    public void Check_OfEachPeriod_MeetsItsOwnWindow() => AccountTable.Run(
        "20 10:00 | limits daily 10 weekly 20 monthly 30 total 40 | node daily 0+0/10, node weekly 0+0/20, node monthly 0+0/30, node total 0+0/40",
        "20 10:00 | spent 7                                       | node daily 7+0/10, node weekly 7+0/20, node monthly 7+0/30, node total 7+0/40",
        "20 10:00 | ask a 3                                       | granted 3, node daily 7+3/10, node total 7+3/40",
        "21 00:00 | spent 9 month 16                              | lapsed a, node daily 9+0/10, node weekly 16+0/20, node monthly 16+0/30, node total 16+0/40",
        "22 23:59 | ask b 5                                       | refused BudgetExceeded, blocked node weekly, available 4, tightest node weekly",
        "23 00:00 | ask b 10                                      | granted 10, node daily 0+10/10, node weekly 0+10/20, node monthly 16+10/30");

    [Fact]
    public void Week_OverTheBorderOfAMonth_CountsBothMonths() => AccountTable.Run(
        "30 10:00 | limits weekly 10 monthly 100                  | held 0",
        "30 10:00 | spent 3                                       | node weekly 3+0/10, node monthly 3+0/100",
        "30 10:00 | spent 4 date 2026-12-01                       | node weekly 7+0/10, node monthly 4+0/100",
        "30 10:00 | ask a 2 date 2026-12-06                       | granted 2, node weekly 7+2/10, node monthly 4+2/100",
        "30 10:00 | look                                          | node weekly 7+2/10, node monthly 3+0/100",
        "30 10:01 | ask b 2 date 2026-11-30                       | refused BudgetExceeded, blocked node weekly, lapse 540",
        "30 10:01 | ask b 10 date 2026-11-29                      | granted 10",
        "30 10:01 | look date 2026-11-29                          | node weekly 0+10/10, node monthly 3+10/100");

    [Fact]
    public void Holds_OfOtherDates_CountWhereTheyAreBooked() => AccountTable.Run(
        "20 10:00 | limits daily 10 weekly 100                    | held 0",
        "20 10:00 | ask a 8 date 2026-11-19                       | granted 8, node daily 0+8/10, node weekly 0+8/100",
        "20 10:00 | ask b 10                                      | granted 10, node daily 0+10/10, node weekly 0+18/100",
        "20 10:00 | ask c 3 date 2026-11-19                       | refused BudgetExceeded, blocked node daily, lapse 600",
        "20 10:00 | end a                                         | node daily 0+10/10, node weekly 0+10/100");

    [Theory]
    [InlineData("12 min 10", "granted 10")]
    [InlineData("12 min 11", "refused BudgetExceeded, blocked node daily")]
    [InlineData("12 min 0", "granted 10")]
    [InlineData("10 min 1", "granted 10")]
    [InlineData("11", "refused BudgetExceeded, blocked node daily")]
    [InlineData("9 min 9", "granted 9")]
    public void Check_WithMinAmount_IsGrantedWhatTheTightestWindowHas(string amounts, string expected) => AccountTable.Run(
        "20 10:00 | limits daily 10 monthly 30      | held 0",
        $"20 10:00 | ask a {amounts}                | {expected}");

    [Fact]
    public void Check_WithMinAmount_NeverGetsAPartOfNothing() => AccountTable.Run(
        "20 10:00 | limits daily 10                 | held 0",
        "20 10:00 | spent 10                        | held 0",
        "20 10:00 | ask a 5 min 0                   | refused BudgetExceeded, blocked node daily, available 0",
        "20 10:00 | spent 12 version 999999999999999 | held 0",
        "20 10:00 | ask a 5 min 0                   | refused BudgetExceeded, blocked node daily, available -2",
        "20 10:00 | ask a 0                         | refused BudgetExceeded, blocked node daily");

    [Fact]
    public void Refusal_OfAPartialGrant_NamesOnlyWindowsThatHaveLessThanTheLeast() => AccountTable.Run(
        "20 10:00 | limits daily 3 monthly 7        | held 0",
        "20 10:00 | ask a 10 min 5                  | refused BudgetExceeded, blocked node daily",
        "20 10:00 | ask a 10 min 8                  | refused BudgetExceeded, blocked node monthly",
        "20 10:00 | ask a 10                        | refused BudgetExceeded, blocked node monthly",
        "20 10:00 | ask a 10 min 3                  | granted 3");

    [Fact]
    public void Refusal_OfAPartialGrant_WaitsForALapseThatLeavesTheLeast() => AccountTable.Run(
        "20 10:00 | limits daily 7                  | held 0",
        "20 10:00 | ask a 4 ttl 60                  | granted 4",
        "20 10:00 | ask b 10 min 5                  | refused BudgetExceeded, blocked node daily, lapse 60",
        "20 10:00 | ask b 10 min 8                  | refused BudgetExceeded, blocked node daily");

    [Fact]
    public void Refusal_BySeveralWindows_NamesTheOneThatResetsLast() => AccountTable.Run(
        "20 10:00 | limits daily 10 weekly 10                | held 0",
        "20 10:00 | ask a 11                                 | refused BudgetExceeded, blocked node weekly",
        "20 10:00 | limits daily 10 weekly 11 monthly 10     | held 0",
        "20 10:00 | ask a 11                                 | refused BudgetExceeded, blocked node monthly, tightest node daily",
        "20 10:00 | limits daily 10 weekly 10 monthly 9 total 10 | held 0",
        "20 10:00 | ask a 11                                 | refused BudgetExceeded, blocked node total, tightest node monthly",
        "30 10:00 | limits daily 1 weekly 10 monthly 2       | held 0",
        "30 10:00 | ask a 11                                 | refused BudgetExceeded, blocked node weekly",
        "30 10:00 | ask a 3                                  | refused BudgetExceeded, blocked node daily");

    [Fact]
    public void Refusal_ThatALapseWouldNotCure_PromisesNone() => AccountTable.Run(
        "20 10:00 | limits daily 10                | held 0",
        "20 10:00 | spent 6                        | held 0",
        "20 10:00 | ask a 4 ttl 60                 | granted 4",
        "20 10:00 | ask b 5                        | refused BudgetExceeded, blocked node daily",
        "20 10:00 | ask b 4                        | refused BudgetExceeded, blocked node daily, lapse 60",
        "20 10:00 | ask b 0 unestimated            | refused BudgetExceeded, blocked node daily, lapse 60");

    [Fact]
    public void Check_UnderSoftLimits_IsHeldInFullAndMarked() => AccountTable.Run(
        "20 10:00 | limits daily 10 soft           | held 0",
        "20 10:00 | ask a 10                       | granted 10",
        "20 10:00 | ask b 5 min 1                  | granted 5, over, held 15, available 0",
        "20 10:00 | ask c 0 unestimated            | granted 0, over",
        "20 10:00 | ask d 0 free                   | granted 0",
        "20 10:00 | pause                          | held 15",
        "20 10:00 | ask e 1                        | refused Paused");

    [Fact]
    public void Check_GrantedInPartByAHardLimit_IsOverOnlyWhereThePartIs() => AccountTable.Run(
        "20 10:00 | limits daily 6 soft            | held 0",
        "20 10:00 | per_user daily 5               | held 0",
        "20 10:00 | ask a 10 min 1                 | granted 5, held 5",
        "20 10:00 | ask b 10 min 1 user bob        | granted 5, over, held 10");

    [Fact]
    public void Check_ThatIsFree_PassesASpentBudgetUnlessPaused() => AccountTable.Run(
        "20 10:00 | limits daily 10                | held 0",
        "20 10:00 | spent 11                       | node daily 11+0/10",
        "20 10:00 | ask a 0 free                   | granted 0, available -1",
        "20 10:00 | ask b 0                        | refused BudgetExceeded, blocked node daily",
        "20 10:00 | pause                          | held 0",
        "20 10:00 | ask c 0 free                   | refused Paused");

    [Fact]
    public void Check_Unestimated_PassesWhileAnythingIsAvailable() => AccountTable.Run(
        "20 10:00 | limits daily 10                | held 0",
        "20 10:00 | spent 9                        | held 0",
        "20 10:00 | ask a 0 unestimated            | granted 0, held 0, holds 1",
        "20 10:00 | ask b 1                        | granted 1, held 1",
        "20 10:00 | ask c 0 unestimated            | refused BudgetExceeded, blocked node daily, lapse 600");

    [Fact]
    public void Limit_Lowered_RevokesNothingAndRefusesTheNext() => AccountTable.Run(
        "20 10:00 | limits daily 10                | held 0",
        "20 10:00 | ask a 8                        | granted 8",
        "20 10:00 | limits daily 5                 | held 8, node daily 0+8/5, node daily is ok",
        "20 10:00 | ask b 1                        | refused BudgetExceeded, blocked node daily, lapse 600, available -3",
        "20 10:00 | ask a 8 revision 2 lower       | granted 8",
        "20 10:00 | ask a 9 revision 3             | refused BudgetExceeded, blocked node daily, held 8",
        "20 10:00 | no_budget                      | held 8",
        "20 10:00 | ask b 1                        | granted 1, held 9");

    [Fact]
    public void Limit_OfZero_IsExceededAndRefusesAllThatCosts() => AccountTable.Run(
        "20 10:00 | limits daily 0                 | node daily is exceeded",
        "20 10:00 | ask a 1                        | refused BudgetExceeded, blocked node daily",
        "20 10:00 | ask a 1 min 0                  | refused BudgetExceeded, blocked node daily",
        "20 10:00 | ask a 0 unestimated            | refused BudgetExceeded, blocked node daily",
        "20 10:00 | ask a 0                        | granted 0");

    [Fact]
    public void Node_WithoutLimits_NeverRefusesAndCountsFromTheStart() => AccountTable.Run(
        "20 10:00 | ask a 900                      | granted 900, held 900",
        "20 10:00 | limits monthly 1000            | node monthly 0+900/1000",
        "20 10:00 | ask b 101                      | refused BudgetExceeded, blocked node monthly, lapse 600");

    [Theory]
    [InlineData("pause", true)]
    [InlineData("pause user anonymous", true)]
    [InlineData("pause user Anonymous", false)]
    [InlineData("pause user bob", false)]
    [InlineData("pause model gpt-9", true)]
    [InlineData("pause model GPT-9", true)]
    [InlineData("pause model gpt", false)]
    [InlineData("pause user anonymous model gpt-9", true)]
    [InlineData("pause user bob model gpt-9", false)]
    [InlineData("pause user anonymous model mini", false)]
    [InlineData("pause until 20_10:00:00", false)]
    [InlineData("pause until 20_10:00:01", true)]
    public void Pause_OfACheck_IsThatOfItsUserAndModelUntilItsInstant(string pause, bool refused) => AccountTable.Run(
        $"20 10:00 | {pause}                      | held 0",
        $"20 10:00 | ask a 1 model gpt-9          | {(refused ? "refused Paused" : "granted 1")}");

    [Fact]
    public void Pause_OfAnOpenHold_RefusesMoreAmountButNotMoreTime() => AccountTable.Run(
        "20 10:00 | ask a 1                        | granted 1",
        "20 10:00 | pause                          | held 1",
        "20 10:00 | ask a 2 revision 2             | refused Paused, held 1",
        "20 10:00 | ask a 1 revision 3 lower       | granted 1",
        "20 10:00 | resume                         | held 1",
        "20 10:00 | ask a 2 revision 4             | granted 2");

    [Fact]
    public void Increase_UntilItsInstant_AddsToItsPeriod() => AccountTable.Run(
        "20 10:00    | limits daily 10 weekly 100                 | held 0",
        "20 10:00    | increase daily 5 until 20_10:00:30         | node daily 0+0/15, node weekly 0+0/100",
        "20 10:00    | increase daily 2 until 20_10:00:20         | node daily 0+0/17",
        "20 10:00    | increase monthly 9 until 20_11:00          | node daily 0+0/17",
        "20 10:00    | ask a 17                                   | granted 17",
        "20 10:00:20 | look                                       | node daily 0+17/15",
        "20 10:00:29.9999999 | look                               | node daily 0+17/15",
        "20 10:00:30 | ask b 1                                    | refused BudgetExceeded, blocked node daily, lapse 570, available -7");
}
