using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Domain.Tests.Budgets;

/// <summary>Side accounts: users and children that a node asks inside its own decision.</summary>
public sealed class AccountSideTests
{
    [Fact]
    public void PerUser_EveryUser_HasABudgetOfItsOwn() => AccountTable.Run(
        "20 10:00 | limits daily 100                 | held 0",
        "20 10:00 | per_user daily 10                | held 0",
        "20 10:00 | ask a 10 user bob                | granted 10",
        "20 10:00 | ask b 1 user bob                 | refused BudgetExceeded, blocked user daily, lapse 600, tightest user daily",
        "20 10:00 | ask b 10 user Bob                | granted 10",
        "20 10:00 | ask c 10                         | granted 10, held 30, node daily 0+30/100, user daily 0+10/10",
        "20 10:00 | spent 4 user zoe                 | held 30",
        "20 10:00 | ask d 7 user zoe                 | refused BudgetExceeded, blocked user daily",
        "20 10:00 | ask d 6 user zoe                 | granted 6");

    [Fact]
    public void UserBudget_OfOneUser_ReplacesTheDefault() => AccountTable.Run(
        "20 10:00 | per_user daily 10                | held 0",
        "20 10:00 | user_limits bob weekly 50        | held 0",
        "20 10:00 | ask a 50 user bob                | granted 50, user weekly 0+50/50",
        "20 10:00 | ask b 11                         | refused BudgetExceeded, blocked user daily",
        "20 10:00 | no_user_limits bob               | held 50",
        "20 10:00 | ask c 1 user bob                 | refused BudgetExceeded, blocked user daily, lapse 600, available -40");

    [Fact]
    public void UserBudget_WithoutADefault_LimitsThatUserOnly() => AccountTable.Run(
        "20 10:00 | user_limits bob daily 5          | held 0",
        "20 10:00 | ask a 50                         | granted 50",
        "20 10:00 | ask b 6 user bob                 | refused BudgetExceeded, blocked user daily",
        "20 10:00 | ask b 5 user bob                 | granted 5, limited");

    [Fact]
    public void UserIncrease_UntilItsInstant_AddsToThatUserOnly() => AccountTable.Run(
        "20 10:00    | per_user daily 5                                | held 0",
        "20 10:00    | ask a 1 user bob                                | granted 1",
        "20 10:00    | increase daily 3 user bob until 20_10:00:10     | held 1",
        "20 10:00    | ask b 7 user bob                                | granted 7, user daily 0+8/8",
        "20 10:00    | ask c 6                                         | refused BudgetExceeded, blocked user daily",
        "20 10:00:10 | look user bob                                   | user daily 0+8/5");

    [Fact]
    public void UserBudget_SetWhileHoldsAreOpen_CountsThem() => AccountTable.Run(
        "20 10:00 | ask a 6 user bob                 | granted 6",
        "20 10:00 | ask b 5 user zoe                 | granted 5",
        "20 10:00 | per_user daily 10                | held 11",
        "20 10:00 | look user bob                    | user daily 0+6/10",
        "20 10:00 | ask c 5 user bob                 | refused BudgetExceeded, blocked user daily, lapse 600",
        "20 10:00 | per_user none                    | held 11",
        "20 10:00 | end b                            | ended, held 6",
        "20 10:00 | per_user daily 10                | held 6",
        "20 10:00 | look user bob                    | user daily 0+6/10",
        "20 10:00 | ask d 10 user zoe                | granted 10, user daily 0+10/10",
        "20 10:00 | end a                            | ended, held 10",
        "20 10:00 | look user bob                    | user daily 0+0/10");

    [Fact]
    public void Attempt_OfAnotherUser_DoesNotSpendTheFirstUsersHold() => AccountTable.Run(
        "20 10:00 | per_user daily 10                | held 0",
        "20 10:00 | ask a 8 user bob                 | granted 8",
        "20 10:00 | ask b 9 user zoe                 | granted 9",
        "20 10:00 | ask a 5 attempt 2 user zoe       | refused BudgetExceeded, blocked user daily, lapse 600, available 1, held 17",
        "20 10:00 | ask a 1 attempt 3 user zoe       | granted 1, held 10, holds 2");

    [Fact]
    public void PerChild_DirectChildren_AreLimitedOneByOne() => AccountTable.Run(
        "20 10:00 | per_child daily 10                       | held 0",
        "20 10:00 | ask a 6 owner acme/ai                    | granted 6, child daily 0+6/10",
        "20 10:00 | ask b 5 owner acme/ai/chat               | refused BudgetExceeded, blocked child daily, lapse 605",
        "20 10:00 | ask b 4 owner acme/ai/chat/deep          | granted 4, child daily 0+10/10",
        "20 10:00 | ask c 10 owner acme/ai-2                 | granted 10",
        "20 10:00 | ask d 99                                 | granted 99, held 119",
        "20 10:00 | spent 9 child acme/web                   | held 119",
        "20 10:00 | ask e 2 owner acme/web                   | refused BudgetExceeded, blocked child daily");

    [Fact]
    public void PerChild_ChildWithABudgetOfItsOwn_IsNotLimited() => AccountTable.Run(
        "20 10:00 | per_child daily 10                       | held 0",
        "20 10:00 | child_budget acme/ai                     | held 0",
        "20 10:00 | ask a 60 owner acme/ai                   | granted 60",
        "20 10:00 | ask b 60 owner acme/ai/chat              | granted 60",
        "20 10:00 | ask c 11 owner acme/web                  | refused BudgetExceeded, blocked child daily");

    [Fact]
    public void PerChild_SetWhileHoldsAreOpen_CountsThem() => AccountTable.Run(
        "20 10:00 | ask a 6 owner acme/ai/chat               | granted 6",
        "20 10:00 | ask b 50                                 | granted 50",
        "20 10:00 | per_child daily 10                       | held 56",
        "20 10:00 | ask c 5 owner acme/ai                    | refused BudgetExceeded, blocked child daily, lapse 600",
        "20 10:00 | ask c 4 owner acme/ai                    | granted 4");

    [Fact]
    public void SideAccounts_ManyMoreThanFit_KeepThoseWithHoldsAndThoseBeingRead()
    {
        var table = new AccountTable();
        table.Rows(
            "20 10:00 | per_user daily 10                | held 0",
            "20 10:00 | ask a 6 user bob                 | granted 6");
        var sides = table.Account.Sides;
        var reading = sides.Open(AccountKind.User, "being read");
        reading.IsBeingRead = true;
        for (var i = 0; i < 3 * SideAccounts.MaxResident; i++)
        {
            sides.Open(AccountKind.User, $"user {i}").Loaded = true;
            Assert.True(sides.Users.Count() <= SideAccounts.MaxResident || i % 1_000 > 0);
        }

        Assert.True(sides.Users.Count() <= SideAccounts.MaxResident);
        Assert.Same(reading, sides.Resident(AccountKind.User, "being read"));
        Assert.Equal(1, sides.Resident(AccountKind.User, "bob")!.OpenHolds);
        table.Rows("20 10:01 | ask b 5 user bob | refused BudgetExceeded, blocked user daily, lapse 540");
        Assert.NotNull(sides.Resident(AccountKind.User, $"user {3 * SideAccounts.MaxResident - 1}"));
        Assert.Null(sides.Resident(AccountKind.User, "user 0"));
    }

    /// <summary>An administrative write has each account read again before it decides; until then it is as idle as before.</summary>
    [Fact]
    public void SideAccounts_UnloadedAgainAndAgain_AreNoMoreThanFit()
    {
        var table = new AccountTable();
        table.Rows("20 10:00 | per_user daily 10 | held 0");
        var sides = table.Account.Sides;
        for (var i = 0; i < 5 * SideAccounts.MaxResident; i++)
        {
            sides.Open(AccountKind.User, $"user {i}").Loaded = true;
            if (i % (SideAccounts.MaxResident / 2) == 0) sides.Unload();
        }

        Assert.InRange(sides.Users.Count(), 1, SideAccounts.MaxResident);
    }

    /// <summary>None of them may be evicted, and looking for one that may must not be done for each new user: one turn took 17 s.</summary>
    [Fact]
    public void SideAccounts_AllWithHolds_AreAllKeptUntilTheirHoldsEnd()
    {
        const int users = 6 * SideAccounts.MaxResident;
        var account = new Account("acme");
        var now = new Moment(default, 0);
        for (var i = 0; i < users; i++) account.Apply(AskOf(i), new Verdict { Kind = VerdictKind.Granted, Granted = new Money(1) }, now, TimeSpan.Zero);
        account.SetBudget(new Budget(LimitSet.None, false, InheritedSettings.None, LimitSet.None, null), false, [], []);
        Assert.Equal(users, account.Sides.Users.Count(u => u.OpenHolds == 1));
        foreach (var side in account.Sides.Users) side.Loaded = true;
        for (var i = 0; i < users; i++) account.End(AskOf(i).Key, new Stamp(1), now);
        for (var i = 0; i < users; i++) account.Sides.Open(AccountKind.User, $"later {i}").Loaded = true;
        Assert.InRange(account.Sides.Users.Count(), 1, SideAccounts.MaxResident);
        Assert.Null(account.Sides.Resident(AccountKind.User, "user 0"));

        static Ask AskOf(int i) => new(
            new Guid(i, 0, 0, new byte[8]), "acme", new Stamp(1), new Stamp(1), $"user {i}", null, null, new Money(1), null, false, false, false, default, default, TimeSpan.FromDays(1));
    }

    [Fact]
    public void SideAccount_NoLongerTracked_MustBeReadAnew()
    {
        var table = new AccountTable();
        table.Rows("20 10:00 | per_user daily 10 | held 0", "20 10:00 | ask a 6 user bob | granted 6");
        var before = table.Account.Sides.Resident(AccountKind.User, "bob");
        table.Rows("20 10:00 | per_user none | held 6");
        Assert.Null(table.Account.Sides.Resident(AccountKind.User, "bob"));
        Assert.Equal(0, before!.OpenHolds);
        Assert.Equal(Money.Zero, before.Balances.HeldTotal);
        table.Account.SetBudget(new Budget(LimitSet.None, false, InheritedSettings.None, LimitSet.None, null), false, [], []);
        var anew = table.Account.Sides.Resident(AccountKind.User, "bob")!;
        Assert.False(anew.Loaded);
        Assert.Equal(1, anew.OpenHolds);
        Assert.Equal(new Money(6), anew.Balances.HeldTotal);
    }

    [Theory]
    [InlineData("acme", "acme/ai", "acme/ai")]
    [InlineData("acme", "acme/ai/chat/deep", "acme/ai")]
    [InlineData("acme/ai", "acme/ai/chat", "acme/ai/chat")]
    public void Child_OnTheWayToAnOwner_IsTheNextSegment(string node, string owner, string child) =>
        Assert.Equal(child, SideAccounts.ChildOn(node, owner));
}
